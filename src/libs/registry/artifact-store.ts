import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { WindlassError } from '#base/errors';
import { SingleFlight } from '#base/single-flight';
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

export interface ArtifactStoreOptions {
  /** Holds `blobs/` and `trees/`; made when missing. */
  readonly dir: string;
  readonly client: RegistryClient;
  readonly layerTypes?: readonly string[];
  readonly limits?: Partial<ArchiveLimits>;
}

export interface Artifact {
  readonly manifest: Manifest;
  /** The one layer with content. */
  readonly layer: Descriptor;
}

/** Artifacts of registries on disk by digest: each layer is fetched and unpacked once. */
export class ArtifactStore {
  readonly #options: ArtifactStoreOptions;
  readonly #files = new SingleFlight<string>();
  readonly #opening = new SingleFlight<DirectoryTree>();
  readonly #trees = new LRUCache<string, DirectoryTree>({ max: 500 });

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

  /** The layer as a file, a tar archive as it was pushed. */
  async file(access: RegistryAccess, url: string, layer: Descriptor, signal?: AbortSignal): Promise<string> {
    const path = join(this.#options.dir, 'blobs', nameOf(layer.digest));
    return this.#files.run(layer.digest, async () => {
      if (await isThere(path)) return path;
      const maxBytes = this.#options.limits?.maxTotalBytes;
      const blob = { url, descriptor: layer, path, ...(maxBytes === undefined ? {} : { maxBytes }) };
      await this.#options.client.fetchBlob(access, blob, signal);
      return path;
    });
  }

  /** The content of the layer as a tree. */
  async tree(access: RegistryAccess, url: string, layer: Descriptor, signal?: AbortSignal): Promise<DirectoryTree> {
    const known = this.#trees.get(layer.digest);
    if (known) return known;
    return this.#opening.run(layer.digest, async () => {
      const trees = join(this.#options.dir, 'trees');
      const into = join(trees, nameOf(layer.digest));
      if (!(await isThere(into))) {
        const file = await this.file(access, url, layer, signal);
        await mkdir(trees, { recursive: true });
        await extractArchive({ file, into, signal, ...(this.#options.limits ? { limits: this.#options.limits } : {}) });
      }
      const tree = await DirectoryTree.open(into);
      this.#trees.set(layer.digest, tree);
      return tree;
    });
  }
}

export function createArtifactStore(options: ArtifactStoreOptions): ArtifactStore {
  return new ArtifactStore(options);
}

function nameOf(digest: string): string {
  return digest.replace(':', '-');
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function wrongLayers(url: string, count: number): WindlassError {
  return new WindlassError({
    code: 'ARTIFACT_LAYERS_INVALID',
    kind: 'InvalidInput',
    message: `The artifact "${url}" has ${count} layers with content; exactly one is needed.`,
    hint: 'Push one tar archive as the only layer, or name its media type in reposerver.oci.layer.media.types.',
  });
}
