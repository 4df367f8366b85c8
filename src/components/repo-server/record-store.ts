import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#base/clock';
import { isRecord } from '#base/json';
import { recordVersion } from './render-record.ts';
import type { RenderRecord } from './render-record.ts';

/** Several, so that a revert, a branch switch or a rollback finds its old result. */
const recordsPerSpec = 4;
const specsInMemory = 20_000;

/** The last renders of each specification, in memory and on disk, so that a restart renders nothing. */
export class RecordStore {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #known = new LRUCache<string, readonly RenderRecord[]>({ max: specsInMemory });

  constructor({ dir, clock }: { readonly dir: string; readonly clock: Clock }) {
    this.#dir = dir;
    this.#clock = clock;
  }

  /** Newest first. */
  async records(specKey: string): Promise<readonly RenderRecord[]> {
    const known = this.#known.get(specKey);
    if (known) return known;
    const text = await readFile(this.#pathOf(specKey), 'utf8').catch(() => undefined);
    const records = text === undefined ? [] : parseRecords(text);
    const now = this.#clock.now() / 1000;
    if (text !== undefined) await utimes(this.#pathOf(specKey), now, now).catch(() => undefined);
    this.#known.set(specKey, records);
    return records;
  }

  async add(specKey: string, record: RenderRecord): Promise<void> {
    const others = (await this.records(specKey)).filter(({ key }) => key !== record.key);
    const records = [record, ...others].slice(0, recordsPerSpec);
    this.#known.set(specKey, records);
    const path = this.#pathOf(specKey);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, JSON.stringify({ version: recordVersion, records }));
    await rename(`${path}.new`, path);
  }

  /** Removes what was neither written nor loaded for so long: its loss costs a render, nothing else. */
  async collectGarbage(maxAgeMs: number): Promise<void> {
    for (const name of await readdir(this.#dir, { recursive: true }).catch(() => [])) {
      const path = join(this.#dir, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (/\.json(\.new)?$/.test(name) && this.#clock.now() - mtimeMs > maxAgeMs) await rm(path, { force: true });
    }
  }

  #pathOf(specKey: string): string {
    return join(this.#dir, specKey.slice(0, 2), `${specKey}.json`);
  }
}

/** What an older version or a crash left behind counts as nothing: it is rendered again. */
function parseRecords(text: string): readonly RenderRecord[] {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && value['version'] === recordVersion ? (value['records'] as RenderRecord[]) : [];
  } catch {
    return [];
  }
}
