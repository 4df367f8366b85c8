import type { Cache } from '../controllers/framework/cache.ts';
import type { Pod } from '../controllers/kinds/pod.ts';

/** Hands out pod addresses of 10.244.0.0/16, each to one living pod. */
export class PodAddresses {
  #byUid = new Map<string, string>();
  #used = new Set<string>();
  #next = 1;

  constructor(pods: Cache<Pod>) {
    pods.onChange(({ before, after }) => {
      if (before && before.metadata.uid !== after?.metadata.uid) this.#release(before.metadata.uid);
      const known = after?.status?.podIP;
      if (after && known) this.#take(after.metadata.uid, known);
    });
  }

  assign(uid: string): string {
    const known = this.#byUid.get(uid);
    if (known) return known;
    let address = format(this.#next);
    while (this.#used.has(address)) address = format(++this.#next);
    this.#next = (this.#next % 65_000) + 1;
    this.#take(uid, address);
    return address;
  }

  #take(uid: string, address: string): void {
    this.#byUid.set(uid, address);
    this.#used.add(address);
  }

  #release(uid: string): void {
    const address = this.#byUid.get(uid);
    if (address !== undefined) this.#used.delete(address);
    this.#byUid.delete(uid);
  }
}

function format(n: number): string {
  return `10.244.${Math.floor(n / 256) % 256}.${n % 256}`;
}
