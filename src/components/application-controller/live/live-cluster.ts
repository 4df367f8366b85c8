import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import { ClusterIndex } from '#core/engine';
import type { ClusterChange, TrackingConfig } from '#core/engine';
import type { ApiResource, GroupKind, GroupVersionKind, KubeClient, KubeObject, ResourceKey } from '#libs/kube';
import { formatApiVersion, formatResourceKey, isNotFound, resourceKeyOf } from '#libs/kube';
import { OpenApiSchemas } from '#libs/kube/schema';
import type { Schema } from '#libs/kube/schema';
import { isKindWatched } from '#services/settings';
import type { ApplicationSettings } from '#services/settings';
import type { ClusterStatus } from '../options.ts';
import { isOlderVersion } from './is-older-version.ts';
import { KindWatch } from './kind-watch.ts';
import { planWatches } from './plan-watches.ts';
import { Tombstones } from './tombstones.ts';

export interface LiveClusterOptions {
  readonly server: string;
  readonly name: string;
  readonly client: KubeClient;
  /** Empty: the whole cluster. */
  readonly namespaces: readonly string[];
  readonly clusterResources: boolean;
  readonly settings: Pick<ApplicationSettings, 'exclusions' | 'inclusions'>;
  readonly tracking: TrackingConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly changed: (change: ClusterChange) => void;
  /** The cluster serves other kinds than before, or a kind became readable. */
  readonly kindsChanged: () => void;
}

const rescanDelayMs = 100;

/** One destination cluster: what it serves, and what lives in it, kept current by watches. */
export class LiveCluster {
  readonly options: LiveClusterOptions;
  readonly index: ClusterIndex;
  readonly schemas = new OpenApiSchemas();
  readonly #watches = new Map<string, KindWatch>();
  readonly #gone = new Tombstones();
  readonly #fetched = new Map<string, { readonly resourceVersion: string; readonly object: KubeObject }>();
  #kinds: ReadonlyMap<string, ApiResource> = new Map();
  #apiVersions: readonly string[] = [];
  #version = '';
  #started: Promise<void> | undefined;
  #isReady = false;
  #isStopped = false;
  #kindsEpoch = 0;
  #cancelRescan: (() => void) | undefined;

  constructor(options: LiveClusterOptions) {
    this.options = options;
    this.index = new ClusterIndex({ tracking: options.tracking });
  }

  get client(): KubeClient {
    return this.options.client;
  }

  get server(): string {
    return this.options.server;
  }

  /** Resolves when every readable kind was listed. Rejects when the cluster cannot be reached; call again to retry. */
  start(): Promise<void> {
    this.#started ??= this.#start().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRescan?.();
    await Promise.all([...this.#watches.values()].map((watch) => watch.stop()));
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Changes when the cluster serves other kinds than before. */
  get kindsEpoch(): number {
    return this.#kindsEpoch;
  }

  /** What renderers are told. */
  get capabilities(): { kubeVersion: string; apiVersions: string[] } {
    return { kubeVersion: this.#version, apiVersions: [...this.#apiVersions] };
  }

  /** The endpoint of a kind, as far as known; `learnKinds` looks again. */
  resource({ group, version, kind }: GroupVersionKind): ApiResource | undefined {
    return this.#kinds.get(`${group}/${version}/${kind}`);
  }

  /** Looks once more for kinds that were not served before, and loads the schemas of all. */
  async learnKinds(kinds: readonly GroupVersionKind[], signal?: AbortSignal): Promise<void> {
    const unknown = kinds.filter((gvk) => this.resource(gvk) === undefined);
    for (const gvk of unknown) {
      if ((await this.client.discovery.find(gvk, signal ? { signal } : {})) === undefined) continue;
      this.schemas.invalidate();
      await this.#scan();
      break;
    }
    const groupVersions = new Set(kinds.filter((gvk) => this.resource(gvk)).map(formatApiVersion));
    await Promise.all([...groupVersions].map((groupVersion) => this.schemas.load(this.client, groupVersion, signal)));
  }

  schema(gvk: GroupVersionKind): Schema | undefined {
    return this.schemas.schemaFor(gvk);
  }

  /** A CRD was just applied: what it defines can be found from now on. */
  forgetKinds(): void {
    this.client.discovery.invalidate();
    this.schemas.invalidate();
  }

  /** Why objects of this kind are not seen; undefined when they are (or when the kind is not served). */
  problemOf(kind: GroupKind): string | undefined {
    for (const watch of this.#watches.values()) {
      if (watch.kind === kind.kind && watch.group === kind.group && watch.problem) return watch.problem;
    }
    const failed = this.client.discovery.failedGroups().find(({ group }) => group === kind.group);
    return failed?.message;
  }

  /** Why an object of this kind and place is none that this cluster's Secret lets us manage. */
  outOfScope(gvk: GroupVersionKind, { namespace }: Pick<ResourceKey, 'namespace'>): string | undefined {
    const { namespaces, clusterResources } = this.options;
    if (namespaces.length === 0) return undefined;
    if (this.resource(gvk)?.namespaced === false) {
      return clusterResources ? undefined : 'cluster level resources are not managed in this cluster';
    }
    return namespaces.includes(namespace) ? undefined : `namespace "${namespace}" is not managed in this cluster`;
  }

  isExcluded(kind: GroupKind): boolean {
    return !isKindWatched(kind, this.server, this.options.settings);
  }

  /** The live object in the version asked for; undefined when there is none. Reads from the server what the index does not hold. */
  async live(key: ResourceKey, gvk: GroupVersionKind, signal?: AbortSignal): Promise<KubeObject | undefined> {
    const node = this.index.node(key);
    if (node === undefined) return undefined;
    const held = this.index.object(key);
    const apiVersion = formatApiVersion(gvk);
    if (held?.apiVersion === apiVersion) return held;
    const id = `${apiVersion}/${formatResourceKey(key)}`;
    const known = this.#fetched.get(id);
    if (known !== undefined && known.resourceVersion === node.resourceVersion) return known.object;
    const type = this.resource(gvk);
    if (type === undefined) return held;
    try {
      const scope = { ...(key.namespace === '' ? {} : { namespace: key.namespace }), ...(signal ? { signal } : {}) };
      const object = await this.client.get(type, key.name, scope);
      this.#fetched.set(id, { resourceVersion: object.metadata.resourceVersion ?? '', object });
      return object;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Takes in what a write answered, so that the next decision does not see the past. */
  observe(object: KubeObject): void {
    if (this.#gone.has(object.metadata.uid)) return;
    const id = `${object.apiVersion}/${formatResourceKey(resourceKeyOf(object))}`;
    this.#fetched.set(id, { resourceVersion: object.metadata.resourceVersion ?? '', object });
    this.#upsert(object);
  }

  observeDeleted(key: ResourceKey): void {
    this.#apply({ type: 'delete', key });
  }

  /** Puts right what the index holds, whatever its version says; for the re-verification. */
  correct(key: ResourceKey, object: KubeObject | undefined): void {
    const deleted = this.index.apply({ type: 'delete', key });
    this.#fetched.delete(`${object?.apiVersion ?? ''}/${formatResourceKey(key)}`);
    const change = object === undefined ? deleted : this.index.apply({ type: 'upsert', object });
    this.options.changed(change);
  }

  watchedKinds(): readonly KindWatch[] {
    return [...this.#watches.values()];
  }

  status(): ClusterStatus {
    const watches = [...this.#watches.values()];
    return {
      server: this.server,
      isReady: this.#isReady,
      version: this.#version,
      watchedKinds: watches.length,
      objects: watches.reduce((sum, watch) => sum + watch.size, 0),
      problems: watches.flatMap((watch) => (watch.problem ? [`${watch.kind}: ${watch.problem}`] : [])),
    };
  }

  async #start(): Promise<void> {
    this.#version = (await this.client.version()).gitVersion;
    await this.#scan();
    await Promise.all([...this.#watches.values()].map((watch) => watch.settled));
    this.#isReady = true;
    this.options.log.info({ server: this.server, kinds: this.#watches.size }, 'Watching the cluster');
  }

  async #scan(): Promise<void> {
    const resources = await this.client.discovery.resources();
    this.#kinds = new Map(resources.map((resource) => [keyOfKind(resource), resource]));
    const apiVersions = await this.client.discovery.apiVersions();
    if (apiVersions.join() !== this.#apiVersions.join()) this.#kindsEpoch++;
    this.#apiVersions = apiVersions;
    const planned = planWatches(resources, this.options);
    for (const [id, watch] of this.#watches) {
      if (planned.has(id)) continue;
      this.#watches.delete(id);
      await watch.stop();
    }
    const added: KindWatch[] = [];
    for (const [id, plan] of planned) {
      if (this.#watches.has(id) || this.#isStopped) continue;
      const watch = new KindWatch({ ...this.options, ...plan, ...this.#sink });
      this.#watches.set(id, watch);
      watch.start();
      added.push(watch);
    }
    if (!this.#isReady || added.length === 0) return;
    await Promise.all(added.map((watch) => watch.settled));
    this.options.kindsChanged();
  }

  readonly #sink = {
    upserted: (object: KubeObject) => this.#upsert(object),
    removed: (key: ResourceKey, uid: string) => {
      this.#gone.add(uid);
      this.#apply({ type: 'delete', key });
    },
    recovered: () => {
      if (this.#isReady && !this.#isStopped) this.options.kindsChanged();
    },
  };

  #upsert(object: KubeObject): void {
    const held = this.index.node(resourceKeyOf(object));
    const { resourceVersion = '', uid } = object.metadata;
    // An answer to our own write may be ahead of the watch.
    if (held !== undefined && held.uid === uid && isOlderVersion(resourceVersion, held.resourceVersion)) return;
    this.#apply({ type: 'upsert', object });
  }

  #apply(event: Parameters<ClusterIndex['apply']>[0]): void {
    const change = this.index.apply(event);
    if (!change.isNews) return;
    if (this.#isReady && definesKinds(change.key)) this.#rescanSoon();
    this.options.changed(change);
  }

  #rescanSoon(): void {
    this.#cancelRescan?.();
    this.#cancelRescan = this.options.clock.after(rescanDelayMs, () => {
      this.forgetKinds();
      this.#scan().catch((error: unknown) => {
        this.options.log.warn({ server: this.server, err: toWindlassError(error) }, 'Cannot look for new kinds');
        if (!this.#isStopped) this.#rescanSoon();
      });
    });
  }
}

function keyOfKind({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}

function definesKinds({ group, kind }: GroupKind): boolean {
  return (
    (group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition') ||
    (group === 'apiregistration.k8s.io' && kind === 'APIService')
  );
}
