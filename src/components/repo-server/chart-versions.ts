import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { hashJson } from '#base/hash';
import { isRecord } from '#base/json';
import type { Descriptor } from '#libs/registry';

/** What a version of a chart was when it was fetched. */
export interface KnownChart {
  readonly version: string;
  /** SHA-256 of the packed chart, lower-case hex. */
  readonly digest: string;
  /** Where it is in a registry. */
  readonly layer?: Descriptor;
}

const formatVersion = 1;

/** Remembers what exact versions stand for, so that a chart that was fetched once needs no index and no network. */
export class ChartVersions {
  readonly #dir: string;
  readonly #known = new LRUCache<string, KnownChart>({ max: 5000 });

  constructor(dir: string) {
    this.#dir = dir;
  }

  async recall(url: string, name: string, version: string): Promise<KnownChart | undefined> {
    if (!isExactVersion(version)) return undefined;
    const key = hashJson([url, name, version]);
    const known = this.#known.get(key);
    if (known) return known;
    const text = await readFile(join(this.#dir, key), 'utf8').catch(() => undefined);
    const chart = text === undefined ? undefined : parseKnown(text);
    if (chart) this.#known.set(key, chart);
    return chart;
  }

  async remember(url: string, name: string, chart: KnownChart): Promise<void> {
    const key = hashJson([url, name, chart.version]);
    this.#known.set(key, chart);
    await mkdir(this.#dir, { recursive: true });
    const fresh = join(this.#dir, `${key}.${randomUUID()}.new`);
    await writeFile(fresh, JSON.stringify({ formatVersion, chart }));
    await rename(fresh, join(this.#dir, key));
  }
}

function isExactVersion(version: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/.test(version);
}

/** What another version of us wrote, or a crash left behind, counts as unknown. */
function parseKnown(text: string): KnownChart | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && value['formatVersion'] === formatVersion ? (value['chart'] as KnownChart) : undefined;
  } catch {
    return undefined;
  }
}
