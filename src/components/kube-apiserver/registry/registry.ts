import type { ServedResource } from './served-resource.ts';

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** What changed so that discovery, OpenAPI and clients' caches must be told. */
export type RegistryListener = () => void;

/** The resources served now: the built-in ones, and those that CRDs add and remove. */
export class Registry {
  readonly #builtin: readonly ServedResource[];
  #custom = new Map<string, readonly ServedResource[]>();
  #byPath = new Map<string, ServedResource>();
  #byCollection = new Map<string, ServedResource>();
  #generation = 0;

  constructor(builtin: readonly ServedResource[]) {
    this.#builtin = builtin;
    this.#index();
  }

  /** Rises whenever the set of served resources changes. */
  get generation(): number {
    return this.#generation;
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }

  /** The resource at its storage version. */
  stored(collection: string): ServedResource | undefined {
    return this.#byCollection.get(collection);
  }

  findKind(group: string, version: string, kind: string): ServedResource | undefined {
    return this.all().find((one) => one.group === group && one.version === version && one.kind === kind);
  }

  all(): readonly ServedResource[] {
    return [...this.#byPath.values()];
  }

  builtin(): readonly ServedResource[] {
    return this.#builtin;
  }

  custom(): readonly ServedResource[] {
    return [...this.#custom.values()].flat();
  }

  serves(group: string): boolean {
    return this.all().some((one) => one.group === group);
  }

  servesVersion(group: string, version: string): boolean {
    return this.all().some((one) => one.group === group && one.version === version);
  }

  /** Serves the versions of one CRD in place of what it served before. */
  setCustom(definition: string, resources: readonly ServedResource[]): void {
    this.#custom.set(definition, resources);
    this.#index();
  }

  removeCustom(definition: string): void {
    if (this.#custom.delete(definition)) this.#index();
  }

  #index(): void {
    this.#generation++;
    this.#byPath = new Map();
    this.#byCollection = new Map();
    for (const resource of [...this.#builtin, ...this.custom()]) {
      this.#byPath.set(`${resource.group}/${resource.version}/${resource.resource}`, resource);
      const isStored = resource.apiVersion === resource.storageApiVersion;
      if (isStored) this.#byCollection.set(resource.collection, resource);
    }
  }
}
