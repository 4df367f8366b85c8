import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#base/clock';
import { hashJson } from '#base/hash';
import type { Logger } from '#base/log';
import { SingleFlight } from '#base/single-flight';
import { chartName } from '#core/manifests';
import type { FetchedChart } from '#core/manifests';
import { ChartRepositoryClient } from '#libs/helm';
import type { ChartRepositoryAccess } from '#libs/helm';
import { createArtifactStore, DirectoryTree, extractArchive, helmChartLayer } from '#libs/registry';
import type { ArtifactStore, RegistryClient } from '#libs/registry';
import { toRegistryAccess } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';

export interface ChartRequest {
  readonly access: RepositoryAccess;
  readonly name: string;
  /** A version or a range. */
  readonly version: string;
  readonly passCredentials?: boolean;
  /** Look again even when this version was fetched before. */
  readonly refresh?: boolean;
  readonly signal: AbortSignal;
}

export interface ChartStoreOptions {
  /** Made when missing. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: RegistryClient;
}

interface Packed extends FetchedChart {
  /** SHA-256 of the packed chart. */
  readonly digest: string;
}

/** Charts of Helm repositories and OCI registries on disk, by digest. A version that was fetched once needs no network. */
export class ChartStore {
  readonly #dir: string;
  readonly #client: ChartRepositoryClient;
  readonly #registry: RegistryClient;
  readonly #artifacts: ArtifactStore;
  readonly #fetching = new SingleFlight<Packed>();
  readonly #opening = new SingleFlight<DirectoryTree>();
  readonly #trees = new LRUCache<string, DirectoryTree>({ max: 200 });

  constructor({ dir, clock, log, registry }: ChartStoreOptions) {
    this.#dir = dir;
    this.#registry = registry;
    this.#client = new ChartRepositoryClient({ clock });
    this.#artifacts = createArtifactStore({
      dir: join(dir, 'oci'),
      client: registry,
      clock,
      log,
      layerTypes: [helmChartLayer],
    });
  }

  /** The version that a version or range stands for now. Throws CHART_NOT_FOUND or REGISTRY_NOT_FOUND. */
  async resolve({ access, name, version, refresh = true, signal }: ChartRequest): Promise<string> {
    chartName(name);
    if (!isOciRepository(access)) {
      const options = { refresh, signal };
      return (await this.#client.resolve(toChartAccess(access), { name, version }, options)).version;
    }
    const url = chartUrl(access, name);
    const { tag, digest } = await this.#registry.resolve(toRegistryAccess(access), url, version || '*', signal);
    return tag === undefined ? digest : tag.replaceAll('_', '+');
  }

  /** A packed chart on disk. */
  async fetch(request: ChartRequest): Promise<Packed> {
    const { access, name, version, refresh = false, signal } = request;
    chartName(name);
    const key = hashJson([access.url, name, version]);
    return this.#fetching.run(`${key} ${refresh}`, async () => {
      const isExact = /^v?\d+\.\d+\.\d+/.test(version) && !/[\s,|*xX]/.test(version.replace(/[-+].*$/, ''));
      const known = isExact && !refresh ? await this.#recall(key) : undefined;
      if (known) return known;
      const packed = await (isOciRepository(access) ? this.#fetchOci(request) : this.#fetchHttp(request));
      signal.throwIfAborted();
      await this.#remember(key, packed);
      return packed;
    });
  }

  /** A chart as a tree whose root holds one directory, the chart. */
  async tree(
    request: ChartRequest,
  ): Promise<{ readonly tree: DirectoryTree; readonly path: string; readonly digest: string }> {
    const { digest, file } = await this.fetch(request);
    const tree = await this.#open(digest, file, request.signal);
    const entries = (await tree.list('')) ?? [];
    const path =
      entries.find(({ type, name }) => type === 'directory' && name === request.name)?.name ?? entries[0]?.name ?? '';
    return { tree, path, digest };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Whether the repository answers as a Helm repository. */
  async test(access: RepositoryAccess, signal: AbortSignal): Promise<void> {
    await this.#client.index(toChartAccess(access), { refresh: true, signal });
  }

  async #open(digest: string, file: string, signal: AbortSignal): Promise<DirectoryTree> {
    const known = this.#trees.get(digest);
    if (known) return known;
    return this.#opening.run(digest, async () => {
      const into = join(this.#dir, 'trees', digest);
      if (!(await isThere(into))) await extractArchive({ file, into, signal });
      const tree = await DirectoryTree.open(into);
      this.#trees.set(digest, tree);
      return tree;
    });
  }

  async #fetchHttp({ access, name, version, passCredentials, refresh = false, signal }: ChartRequest): Promise<Packed> {
    const from = toChartAccess(access, passCredentials);
    const chart = await this.#client.resolve(from, { name, version }, { refresh, signal });
    const known = chart.digest && /^[0-9a-f]{64}$/.test(chart.digest) ? this.#pathOf(chart.digest) : undefined;
    if (known && chart.digest && (await isThere(known)))
      return { file: known, version: chart.version, digest: chart.digest };
    const arriving = join(this.#dir, 'packed', `${randomUUID()}.new`);
    const digest = await this.#client.download(from, chart, arriving, signal);
    await rename(arriving, this.#pathOf(digest));
    return { file: this.#pathOf(digest), version: chart.version, digest };
  }

  async #fetchOci({ access, name, version, signal }: ChartRequest): Promise<Packed> {
    const url = chartUrl(access, name);
    const registryAccess = toRegistryAccess(access);
    const { digest: manifest, tag } = await this.#registry.resolve(registryAccess, url, version || '*', signal);
    const { layer } = await this.#artifacts.artifact(registryAccess, url, manifest, signal);
    const file = await this.#artifacts.file(registryAccess, url, layer, signal);
    return { file, version: tag?.replaceAll('_', '+') ?? version, digest: layer.digest.replace('sha256:', '') };
  }

  #pathOf(digest: string): string {
    return join(this.#dir, 'packed', `${digest}.tgz`);
  }

  async #recall(key: string): Promise<Packed | undefined> {
    const text = await readFile(join(this.#dir, 'versions', key), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const packed = JSON.parse(text) as Packed;
    return (await isThere(packed.file)) ? packed : undefined;
  }

  async #remember(key: string, packed: Packed): Promise<void> {
    const path = join(this.#dir, 'versions', key);
    await mkdir(join(this.#dir, 'versions'), { recursive: true });
    await writeFile(`${path}.new`, JSON.stringify(packed));
    await rename(`${path}.new`, path);
  }
}

/** Charts come as OCI artifacts: the repository says so, or its URL does. */
export function isOciRepository({ url, enableOci }: RepositoryAccess): boolean {
  return enableOci === true || url.startsWith('oci://');
}

function chartUrl({ url }: RepositoryAccess, name: string): string {
  return `${url.replace(/\/+$/, '')}/${name}`;
}

function toChartAccess(access: RepositoryAccess, passCredentials = false): ChartRepositoryAccess {
  const { url, username, password, caPem, clientCert, clientKey, insecure, proxy, noProxy } = access;
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(caPem === undefined ? {} : { caPem }),
    ...(clientCert === undefined ? {} : { clientCert }),
    ...(clientKey === undefined ? {} : { clientKey }),
    ...(insecure === undefined ? {} : { insecure }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
    ...(passCredentials ? { passCredentials } : {}),
  };
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
