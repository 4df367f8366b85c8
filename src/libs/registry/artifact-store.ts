import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#base/clock';
import { ContentDirectories } from '#base/content-directories';
import { WindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import { DirectoryTree } from './directory-tree.ts';
import { extractArchive } from './extract-archive.ts';
import type { ArchiveLimits } from './extract-archive.ts';
import type { RegistryAccess } from './registry-access.ts';
import type { Descriptor, Manifest, RegistryClient } from './registry-client.ts';

export const helmChartLayer = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

/** Layers that hold the content of an artifact (`compatibility.md` a.5). */
const defaultLayerTypes = [
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  helmChartLayer,
];

const defaultMaxBytes = 1024 * 1024 * 1024;
const fileName = 'layer.tgz';

export interface ArtifactStoreOptions {
  /** Made when missing. */
  readonly dir: string;
  readonly client: RegistryClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly layerTypes?: readonly string[];
  readonly limits?: Partial<ArchiveLimits>;
  /** Budget on disk. Default 1 GiB. */
  readonly maxBytes?: number;
}

export interface Artifact {
  readonly manifest: Manifest;
  /** The one layer with content. */
  readonly layer: Descriptor;
}

/** Artifacts of registries on disk by digest: each layer is fetched and unpacked once, and goes when it is not used. */
export class ArtifactStore {
  readonly #options: ArtifactStoreOptions;
  readonly #trees = new LRUCache<string, DirectoryTree>({ max: 500 });
  #directories: Promise<ContentDirectories> | undefined;

  constructor(options: ArtifactStoreOptions) {
    this.#options = options;
  }

  /** The manifest of a digest and its single content layer. Throws ARTIFACT_LAYERS_INVALID for none or several. */
  async artifact(access: RegistryAccess, url: string, digest: string, signal?: AbortSignal): Promise<Artifact> {
    const manifest = await this.#options.client.manifest(access, url, digest, signal);
    const types = this.#options.layerTypes ?? defaultLayerTypes;
    const [layer, ...others] = manifest.layers.filter(({ mediaType }) => types.includes(mediaType));
    if (!layer || others.length > 0) throw wrongLayers(url, others.length + (layer ? 1 : 0));
    return { manifest, layer };
  }

  /** The layer as a file, a tar archive as it was pushed. It stays for at least 15 minutes. */
  async file(access: RegistryAccess, url: string, layer: Descriptor, signal?: AbortSignal): Promise<string> {
    const { client, limits } = this.#options;
    const directory = await (
      await this.#open()
    ).provide(`${nameOf(layer.digest)}-file`, async (into) => {
      const maxBytes = limits?.maxTotalBytes;
      const blob = {
        url,
        descriptor: layer,
        path: join(into, fileName),
        ...(maxBytes === undefined ? {} : { maxBytes }),
      };
      await client.fetchBlob(access, blob, signal);
      return layer.size;
    });
    return join(directory, fileName);
  }

  /** The content of the layer as a tree. Ask again rather than keep it longer than 15 minutes. */
  async tree(access: RegistryAccess, url: string, layer: Descriptor, signal?: AbortSignal): Promise<DirectoryTree> {
    const { limits = {} } = this.#options;
    const directory = await (
      await this.#open()
    ).provide(nameOf(layer.digest), async (into) => {
      const file = await this.file(access, url, layer, signal);
      return extractArchive({ file, into, limits, signal });
    });
    const known = this.#trees.get(layer.digest);
    if (known) return known;
    const tree = await DirectoryTree.open(directory);
    this.#trees.set(layer.digest, tree);
    return tree;
  }

  #open(): Promise<ContentDirectories> {
    const { dir, clock, log, maxBytes = defaultMaxBytes } = this.#options;
    this.#directories ??= ContentDirectories.open({ dir, clock, log, maxBytes }).catch((error: unknown) => {
      this.#directories = undefined;
      throw error;
    });
    return this.#directories;
  }
}

export function createArtifactStore(options: ArtifactStoreOptions): ArtifactStore {
  return new ArtifactStore(options);
}

function nameOf(digest: string): string {
  return digest.replace(':', '-');
}

function wrongLayers(url: string, count: number): WindlassError {
  return new WindlassError({
    code: 'ARTIFACT_LAYERS_INVALID',
    kind: 'InvalidInput',
    message: `The artifact "${url}" has ${count} layers with content; exactly one is needed.`,
    hint: 'Push one tar archive as the only layer, or name its media type in reposerver.oci.layer.media.types.',
  });
}
