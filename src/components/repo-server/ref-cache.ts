import { LRUCache } from 'lru-cache';
import type { Clock } from '#base/clock';
import { sha256 } from '#base/hash';
import { SharedFlight } from '#base/shared-flight';
import type { GitStore, Ref } from '#libs/git';
import { toGitAccess, toWire } from '#services/credentials';
import type { RepositoryAccess } from '#services/credentials';

/** How old an answer may be for those who permit it. */
const maxAgeMs = 5000;

interface Known {
  readonly refs: readonly Ref[];
  readonly at: number;
}

/** Asks each repository once for everybody who asks at the same time. Answers belong to who asked: credentials are part of the key. */
export class RefAdvertisements {
  readonly #git: GitStore;
  readonly #clock: Clock;
  readonly #known = new LRUCache<string, Known>({ max: 2000 });
  readonly #asking = new SharedFlight<readonly Ref[]>();

  constructor({ git, clock }: { readonly git: GitStore; readonly clock: Clock }) {
    this.#git = git;
    this.#clock = clock;
  }

  /** No prefixes: nothing needs to be asked. */
  async get(
    access: RepositoryAccess,
    prefixes: readonly string[],
    refresh: boolean,
    signal: AbortSignal,
  ): Promise<readonly Ref[]> {
    if (prefixes.length === 0) return [];
    const key = sha256(JSON.stringify([toWire(access), prefixes]));
    const known = this.#known.get(key);
    if (!refresh && known && this.#clock.now() - known.at < maxAgeMs) return known.refs;
    return this.#asking.run(key, signal, async (shared) => {
      const { refs } = await this.#git.refs(toGitAccess(access), prefixes, shared);
      this.#known.set(key, { refs, at: this.#clock.now() });
      return refs;
    });
  }
}
