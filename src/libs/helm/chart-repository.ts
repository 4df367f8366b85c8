import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { HttpAgents } from '#base/http-agents';
import { sha256 } from '#base/hash';
import { compareSemver, parseSemver, parseSemverConstraint } from '#base/semver-constraint';
import { SharedFlight } from '#base/shared-flight';
import { chartNotFound, repositoryProblem } from './chart-errors.ts';
import type { ChartRepositoryAccess } from './http-get.ts';
import { httpGet, readBody } from './http-get.ts';
import { parseChartIndex } from './parse-chart-index.ts';
import type { ChartIndex, ChartVersion } from './parse-chart-index.ts';

const maxIndexBytes = 100 * 1024 * 1024;
const maxChartBytes = 100 * 1024 * 1024;
const indexMaxAgeMs = 180_000;

interface KnownIndex {
  readonly index: ChartIndex;
  readonly readAt: number;
}

/** Classic Helm repositories: `index.yaml` and packed charts over HTTP. */
export class ChartRepositoryClient {
  readonly #agents = new HttpAgents();
  readonly #clock: Clock;
  readonly #indexes = new Map<string, KnownIndex>();
  readonly #reading = new SharedFlight<ChartIndex>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** The index; one that is at most three minutes old unless `refresh` is set. */
  async index(
    access: ChartRepositoryAccess,
    { refresh = false, signal }: { refresh?: boolean; signal?: AbortSignal } = {},
  ): Promise<ChartIndex> {
    const key = accessKey(access);
    const known = this.#indexes.get(key);
    if (known && !refresh && this.#clock.now() - known.readAt < indexMaxAgeMs) return known.index;
    return this.#reading.run(key, signal, async (shared) => {
      const url = new URL('index.yaml', `${access.url.replace(/\/+$/, '')}/`);
      const body = await httpGet(this.#agents, access, { url, clock: this.#clock, signal: shared }, (response) =>
        readBody(response, maxIndexBytes, url.host),
      );
      const index = parseChartIndex(body.toString('utf8'), access.url);
      this.#indexes.set(key, { index, readAt: this.#clock.now() });
      return index;
    });
  }

  /** The highest version of a chart in a range, or that exact version. Throws CHART_NOT_FOUND. */
  async resolve(
    access: ChartRepositoryAccess,
    chart: { readonly name: string; readonly version: string },
    options: { refresh?: boolean; signal?: AbortSignal } = {},
  ): Promise<ChartVersion> {
    const versions = (await this.index(access, options)).charts.get(chart.name) ?? [];
    const found = chooseVersion(versions, chart.version);
    if (found) return found;
    // A version that was published since the index was read.
    if (options.refresh !== true) return this.resolve(access, chart, { ...options, refresh: true });
    throw chartNotFound(chart.name, chart.version, access.url);
  }

  /** Downloads a packed chart to `path`, which appears only when it is whole; its SHA-256. Throws CHART_DIGEST_MISMATCH. */
  async download(
    access: ChartRepositoryAccess,
    chart: ChartVersion,
    path: string,
    signal?: AbortSignal,
  ): Promise<string> {
    const reference = chart.urls[0];
    if (reference === undefined) throw repositoryProblem(access.url, `it names no URL for the chart "${chart.name}"`);
    const base = `${access.url.replace(/\/+$/, '')}/`;
    if (!URL.canParse(reference, base))
      throw repositoryProblem(access.url, `the URL of the chart "${chart.name}" is malformed`);
    const url = new URL(reference, base);
    await mkdir(dirname(path), { recursive: true });
    const fresh = `${path}.${randomUUID()}.new`;
    try {
      const digest = await httpGet(this.#agents, access, { url, clock: this.#clock, signal }, async (response) => {
        const hash = createHash('sha256');
        let bytes = 0;
        const check = async function* check(chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            bytes += chunk.length;
            if (bytes > maxChartBytes)
              throw repositoryProblem(access.url, `the chart is larger than ${maxChartBytes} bytes`);
            hash.update(chunk);
            yield chunk;
          }
        };
        await pipeline(response.body, check, createWriteStream(fresh));
        return hash.digest('hex');
      });
      if (chart.digest !== undefined && chart.digest !== digest) throw digestMismatch(chart);
      await rename(fresh, path);
      return digest;
    } finally {
      await rm(fresh, { force: true });
    }
  }

  close(): Promise<void> {
    return this.#agents.close();
  }
}

/** The version itself, or the highest in the range; pre-releases only when the range names one. Pure. */
export function chooseVersion(versions: readonly ChartVersion[], wanted: string): ChartVersion | undefined {
  const exact = versions.find(({ version }) => version === wanted || version === wanted.replace(/^v/, ''));
  if (exact) return exact;
  const isWanted = parseSemverConstraint(wanted === '' ? '*' : wanted);
  if (!isWanted) return undefined;
  let best: { chart: ChartVersion; semver: NonNullable<ReturnType<typeof parseSemver>> } | undefined;
  for (const chart of versions) {
    const semver = parseSemver(chart.version);
    if (!semver || !isWanted(semver)) continue;
    if (!best || compareSemver(semver, best.semver) > 0) best = { chart, semver };
  }
  return best?.chart;
}

function accessKey({ url, username, password, clientCert, caPem, insecure, proxy }: ChartRepositoryAccess): string {
  return sha256(JSON.stringify([url, username, password?.reveal(), clientCert, caPem, insecure, proxy]));
}

function digestMismatch({ name, version }: ChartVersion): WindlassError {
  return new WindlassError({
    code: 'CHART_DIGEST_MISMATCH',
    kind: 'FailedPrecondition',
    message: `The chart "${name}" ${version} is not the one that the index of its repository names: the digests differ.`,
    hint: 'Somebody replaced the chart without updating index.yaml, or it was damaged on the way.',
    retry: 'later',
  });
}
