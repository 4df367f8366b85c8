import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#base/clock';
import { ContentDirectories } from '#base/content-directories';
import type { Logger } from '#base/log';
import { SharedFlight } from '#base/shared-flight';
import { chartName } from '#core/manifests';
import type { FetchedChart } from '#core/manifests';
import { ChartRepositoryClient } from '#libs/helm';
import { createArtifactStore, DirectoryTree, extractArchive, helmChartLayer } from '#libs/registry';
import type { ArtifactStore, RegistryClient } from '#libs/registry';
import { toRegistryAccess } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';
import { chartUrl, isOciRepository, toChartAccess } from './chart-access.ts';
import { ChartVersions } from './chart-versions.ts';
import type { KnownChart } from './chart-versions.ts';

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
  readonly digest: string;
}

const maxBytes = 1024 * 1024 * 1024;
const fileName = 'chart.tgz';

/** Charts of Helm repositories and OCI registries on disk, by digest. An exact version that was fetched needs no network. */
export class ChartStore {
  readonly #options: ChartStoreOptions;
  readonly #client: ChartRepositoryClient;
  readonly #artifacts: ArtifactStore;
  readonly #versions: ChartVersions;
  readonly #fetching = new SharedFlight<Packed>();
  readonly #trees = new LRUCache<string, DirectoryTree>({ max: 200 });
  #directories: Promise<ContentDirectories> | undefined;

  constructor(options: ChartStoreOptions) {
    const { dir, clock, log, registry } = options;
    this.#options = options;
    this.#client = new ChartRepositoryClient({ clock });
    this.#versions = new ChartVersions(join(dir, 'versions'));
    const oci = { dir: join(dir, 'oci'), client: registry, clock, log, layerTypes: [helmChartLayer] };
    this.#artifacts = createArtifactStore(oci);
  }

  /** The version that a version or range stands for now. Throws CHART_NOT_FOUND or REGISTRY_NOT_FOUND. */
  async resolve({ access, name, version, refresh = true, signal }: ChartRequest): Promise<string> {
    chartName(name);
    if (!isOciRepository(access)) {
      const found = await this.#client.resolve(toChartAccess(access), { name, version }, { refresh, signal });
      return found.version;
    }
    const { registry } = this.#options;
    const url = chartUrl(access, name);
    const { tag, digest } = await registry.resolve(toRegistryAccess(access), url, version || '*', signal);
    return tag === undefined ? digest : tag.replaceAll('_', '+');
  }

  /** A packed chart on disk; it stays for at least 15 minutes. */
  async fetch(request: ChartRequest): Promise<Packed> {
    const { access, name, version, refresh = false } = request;
    chartName(name);
    const key = JSON.stringify([access.url, name, version, refresh]);
    return this.#fetching.run(key, request.signal, async (signal) => {
      const shared = { ...request, signal };
      const known = refresh ? undefined : await this.#versions.recall(access.url, name, version);
      const chart = known ?? (await (isOciRepository(access) ? this.#lookUpOci(shared) : this.#downloadHttp(shared)));
      const file = await this.#file(shared, chart);
      if (!known) await this.#versions.remember(access.url, name, chart);
      return { file, version: chart.version, digest: chart.digest };
    });
  }

  /** A chart as a tree, and its directory there. */
  async tree(request: ChartRequest): Promise<{ readonly tree: DirectoryTree; readonly path: string }> {
    const { digest, file } = await this.fetch(request);
    const { signal } = request;
    const directory = await (await this.#open()).provide(digest, (into) => extractArchive({ file, into, signal }));
    const tree = this.#trees.get(digest) ?? (await DirectoryTree.open(directory));
    this.#trees.set(digest, tree);
    const folders = ((await tree.list('')) ?? []).filter(({ type }) => type === 'directory');
    const own = folders.find(({ name }) => name === request.name) ?? folders[0];
    return { tree, path: own?.name ?? '' };
  }

  /** Whether the repository answers as a Helm repository. */
  async test(access: RepositoryAccess, signal: AbortSignal): Promise<void> {
    await this.#client.index(toChartAccess(access), { refresh: true, signal });
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #lookUpOci({ access, name, version, signal }: ChartRequest): Promise<KnownChart> {
    const url = chartUrl(access, name);
    const registryAccess = toRegistryAccess(access);
    const { digest, tag } = await this.#options.registry.resolve(registryAccess, url, version || '*', signal);
    const { layer } = await this.#artifacts.artifact(registryAccess, url, digest, signal);
    return { version: tag?.replaceAll('_', '+') ?? version, digest: layer.digest.replace('sha256:', ''), layer };
  }

  async #downloadHttp({
    access,
    name,
    version,
    passCredentials,
    refresh = false,
    signal,
  }: ChartRequest): Promise<KnownChart> {
    const from = toChartAccess(access, passCredentials);
    const chart = await this.#client.resolve(from, { name, version }, { refresh, signal });
    const { dir } = this.#options;
    const arriving = join(dir, 'arriving', randomUUID());
    try {
      const digest = await this.#client.download(from, chart, arriving, signal);
      await (
        await this.#open()
      ).provide(`${digest}-file`, async (into) => {
        await mkdir(into, { recursive: true });
        await rename(arriving, join(into, fileName));
        return (await stat(join(into, fileName))).size;
      });
      return { version: chart.version, digest };
    } finally {
      await rm(arriving, { force: true });
    }
  }

  /** The file of a chart that is known; fetched again when it had to make room. */
  async #file(request: ChartRequest, chart: KnownChart): Promise<string> {
    const { access, name, signal } = request;
    if (chart.layer) return this.#artifacts.file(toRegistryAccess(access), chartUrl(access, name), chart.layer, signal);
    const directory = await (
      await this.#open()
    ).provide(`${chart.digest}-file`, async (into) => {
      const from = toChartAccess(access, request.passCredentials);
      const found = await this.#client.resolve(from, { name, version: chart.version }, { signal });
      await mkdir(into, { recursive: true });
      await this.#client.download(from, { ...found, digest: chart.digest }, join(into, fileName), signal);
      return (await stat(join(into, fileName))).size;
    });
    return join(directory, fileName);
  }

  #open(): Promise<ContentDirectories> {
    const { dir, clock, log } = this.#options;
    this.#directories ??= ContentDirectories.open({ dir: join(dir, 'content'), clock, log, maxBytes }).catch(
      (error: unknown) => {
        this.#directories = undefined;
        throw error;
      },
    );
    return this.#directories;
  }
}
