/** Which applications want an object of a cluster, whether or not it carries their mark. */
export class TargetIndex {
  readonly #applications = new Map<string, Set<string>>();
  readonly #targets = new Map<string, readonly string[]>();

  set(application: string, server: string, ids: Iterable<string>): void {
    this.forget(application);
    const keys = [...ids].map((id) => `${server} ${id}`);
    this.#targets.set(application, keys);
    for (const key of keys) {
      const applications = this.#applications.get(key);
      if (applications) applications.add(application);
      else this.#applications.set(key, new Set([application]));
    }
  }

  forget(application: string): void {
    for (const key of this.#targets.get(application) ?? []) {
      const applications = this.#applications.get(key);
      applications?.delete(application);
      if (applications?.size === 0) this.#applications.delete(key);
    }
    this.#targets.delete(application);
  }

  applicationsOf(server: string, id: string): Iterable<string> {
    return this.#applications.get(`${server} ${id}`) ?? [];
  }
}
