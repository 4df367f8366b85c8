import { LRUCache } from 'lru-cache';
import { sha256 } from '#base/hash';
import type { Tree } from '#base/tree';
import { helmChartLayer } from '#libs/registry';
import type { ArtifactStore, Descriptor } from '#libs/registry';
import { toRegistryAccess, toWire } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';

export interface OpenedArtifact {
  readonly tree: Tree;
  readonly root: string;
}

/** Opens OCI artifacts by digest. What a digest stands for never changes: each is asked for once. */
export class ArtifactOpener {
  readonly #store: ArtifactStore;
  readonly #layers = new LRUCache<string, Descriptor>({ max: 5000 });

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /** `root` is where the content begins: a chart lies in a directory of its own. */
  async open(access: RepositoryAccess, url: string, digest: string, signal: AbortSignal): Promise<OpenedArtifact> {
    // Who asks is part of the key: being allowed to read is not shared.
    const key = sha256(JSON.stringify([toWire(access), url, digest]));
    const registryAccess = toRegistryAccess(access);
    const known = this.#layers.get(key);
    const layer = known ?? (await this.#store.artifact(registryAccess, url, digest, signal)).layer;
    this.#layers.set(key, layer);
    const tree = await this.#store.tree(registryAccess, url, layer, signal);
    const [first, ...others] = layer.mediaType === helmChartLayer ? ((await tree.list('')) ?? []) : [];
    return { tree, root: first?.type === 'directory' && others.length === 0 ? first.name : '' };
  }
}
