import { LRUCache } from 'lru-cache';
import { sha256 } from '#base/hash';
import type { Tree } from '#base/tree';
import type { ArtifactStore, Descriptor } from '#libs/registry';
import { toRegistryAccess, toWire } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';

/** Opens OCI artifacts by digest. What a digest stands for never changes: each is asked for once. */
export class ArtifactOpener {
  readonly #store: ArtifactStore;
  readonly #layers = new LRUCache<string, Descriptor>({ max: 5000 });

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  async open(access: RepositoryAccess, url: string, digest: string, signal: AbortSignal): Promise<Tree> {
    // Who asks is part of the key: being allowed to read is not shared.
    const key = sha256(JSON.stringify([toWire(access), url, digest]));
    const registryAccess = toRegistryAccess(access);
    const known = this.#layers.get(key);
    const layer = known ?? (await this.#store.artifact(registryAccess, url, digest, signal)).layer;
    this.#layers.set(key, layer);
    return this.#store.tree(registryAccess, url, layer, signal);
  }
}
