import { parseExact, stringifyExact } from '#base/json';
import type { KubeObject, ResourceKey } from '#libs/kube';
import { formatResourceKey, resourceKeyOf } from '#libs/kube';
import { assessHealth } from '../health/assess-health.ts';
import type { HealthAssessment } from '../health/health.ts';
import type { TrackingConfig } from '../tracking/tracking-config.ts';
import { buildNodeRecord } from './build-node-record.ts';
import type { RecordSettings } from './build-node-record.ts';
import { claimTemplatesOf, confirmsClaim } from './infer-owners.ts';
import { KeySets } from './key-sets.ts';
import { TextPool } from './text-pool.ts';
import type { ClusterChange, ClusterEvent, NodeRecord, OwnerLink, TreeNode } from './node-record.ts';

export interface ClusterIndexOptions {
  readonly tracking: TrackingConfig;
  /** With customisations; default `assessHealth`. */
  readonly health?: ((object: KubeObject) => HealthAssessment | undefined) | undefined;
  /** Which unmanaged objects are kept whole, too. Managed ones always are. Default: none. */
  readonly keeps?: ((object: KubeObject) => boolean) | undefined;
}

interface Entry {
  readonly record: NodeRecord;
  /** JSON of objects that are kept whole; parsed when asked for. */
  readonly raw: string | undefined;
  readonly claimTemplates: readonly string[];
}

/**
 * What lives in one cluster, indexed by key, uid, owner and application. Every question is answered from an index: no call looks at
 * all objects. Fed by events; holds no clock and does no I/O.
 */
export class ClusterIndex {
  readonly #settings: RecordSettings;
  readonly #keeps: (object: KubeObject) => boolean;
  readonly #entries = new Map<string, Entry>();
  readonly #byUid = new Map<string, string>();
  readonly #byInstance = new KeySets();
  /** Owner's uid, or "namespace/group/kind/name" for owners without one → children. */
  readonly #byOwner = new KeySets();

  constructor({ tracking, health = assessHealth, keeps = () => false }: ClusterIndexOptions) {
    this.#settings = { tracking, health, texts: new TextPool() };
    this.#keeps = keeps;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Takes in one event and says whom it concerns. */
  apply(event: ClusterEvent): ClusterChange {
    return event.type === 'delete' ? this.#remove(event.key) : this.#upsert(event.object, event.raw);
  }

  node(key: ResourceKey): NodeRecord | undefined {
    return this.#entries.get(formatResourceKey(key))?.record;
  }

  nodeByUid(uid: string): NodeRecord | undefined {
    const id = this.#byUid.get(uid);
    return id === undefined ? undefined : this.#entries.get(id)?.record;
  }

  /** The object itself, parsed afresh; undefined when absent or not kept whole (see `node`). */
  object(key: ResourceKey): KubeObject | undefined {
    const raw = this.#entries.get(formatResourceKey(key))?.raw;
    return raw === undefined ? undefined : (parseExact(raw) as KubeObject);
  }

  /** Objects that name the application as their owner; those with a copied mark (`isSelfReference` false) are among them. */
  managedBy(instance: string): readonly NodeRecord[] {
    return this.#records(this.#byInstance.get(instance));
  }

  /** The applications that own something here. */
  instances(): readonly string[] {
    return [...this.#byInstance.keys()];
  }

  children(key: ResourceKey): readonly NodeRecord[] {
    const entry = this.#entries.get(formatResourceKey(key));
    return entry === undefined ? [] : this.#childrenOf(entry);
  }

  /** The roots that are live and everything below them, parents first; each object once. */
  tree(roots: readonly ResourceKey[]): readonly TreeNode[] {
    const found = new Map<string, { readonly record: NodeRecord; readonly parents: ResourceKey[] }>();
    const queue: Entry[] = [];
    const visit = (entry: Entry, parent: ResourceKey | undefined) => {
      const id = formatResourceKey(entry.record.key);
      const known = found.get(id);
      if (known === undefined) queue.push(entry);
      if (known === undefined) found.set(id, { record: entry.record, parents: parent === undefined ? [] : [parent] });
      else if (parent !== undefined) known.parents.push(parent);
    };
    for (const root of roots) {
      const entry = this.#entries.get(formatResourceKey(root));
      if (entry !== undefined) visit(entry, undefined);
    }
    // The queue grows while it is walked.
    for (const next of queue) {
      for (const child of this.#childrenOf(next)) {
        const entry = this.#entries.get(formatResourceKey(child.key));
        if (entry !== undefined) visit(entry, next.record.key);
      }
    }
    return [...found.values()].map(({ record, parents }) => ({ ...record, parents }));
  }

  /** The applications that own the object or something above it. */
  affectedInstances(key: ResourceKey): readonly string[] {
    const instances = new Set<string>();
    const entry = this.#entries.get(formatResourceKey(key));
    if (entry !== undefined) this.#collectInstances(entry, instances, new Set());
    return [...instances];
  }

  #upsert(object: KubeObject, raw: string | undefined): ClusterChange {
    const key = resourceKeyOf(object);
    const id = formatResourceKey(key);
    const before = this.#entries.get(id);
    const { uid = '', resourceVersion = '' } = object.metadata;
    if (
      before !== undefined &&
      resourceVersion !== '' &&
      before.record.uid === uid &&
      before.record.resourceVersion === resourceVersion
    ) {
      return { key, instances: [], managedBy: undefined, isNews: false };
    }
    const instances = new Set<string>();
    if (before !== undefined) {
      this.#collectInstances(before, instances, new Set());
      this.#forget(id, before);
    }
    const record = buildNodeRecord(object, this.#settings);
    const isKept = record.instance !== undefined || this.#keeps(object);
    const entry: Entry = {
      record,
      raw: isKept ? (raw ?? stringifyExact(object)) : undefined,
      claimTemplates: claimTemplatesOf(object),
    };
    this.#remember(id, entry);
    this.#collectInstances(entry, instances, new Set());
    return { key, instances: [...instances], managedBy: record.instance, isNews: true };
  }

  #remove(key: ResourceKey): ClusterChange {
    const id = formatResourceKey(key);
    const entry = this.#entries.get(id);
    if (entry === undefined) return { key, instances: [], managedBy: undefined, isNews: false };
    const instances = new Set<string>();
    this.#collectInstances(entry, instances, new Set());
    this.#forget(id, entry);
    return { key, instances: [...instances], managedBy: entry.record.instance, isNews: true };
  }

  #remember(id: string, entry: Entry): void {
    const { record } = entry;
    this.#entries.set(id, entry);
    if (record.uid !== '') this.#byUid.set(record.uid, id);
    if (record.instance !== undefined) this.#byInstance.add(record.instance, id);
    for (const owner of ownerIds(record)) this.#byOwner.add(owner, id);
  }

  #forget(id: string, { record }: Entry): void {
    this.#entries.delete(id);
    if (this.#byUid.get(record.uid) === id) this.#byUid.delete(record.uid);
    if (record.instance !== undefined) this.#byInstance.remove(record.instance, id);
    for (const owner of ownerIds(record)) this.#byOwner.remove(owner, id);
  }

  #childrenOf(entry: Entry): readonly NodeRecord[] {
    const { uid, key } = entry.record;
    const byUid = uid === '' ? [] : this.#records(this.#byOwner.get(uid));
    const byName = this.#records(this.#byOwner.get(nameId(key, key.namespace)));
    return [...byUid, ...byName.filter((child) => isInferredChild(child, entry))];
  }

  #records(ids: ReadonlySet<string>): readonly NodeRecord[] {
    const records: NodeRecord[] = [];
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry !== undefined) records.push(entry.record);
    }
    return records;
  }

  /** Owner references may form a ring, so every object is looked at once. */
  #collectInstances({ record }: Entry, instances: Set<string>, seen: Set<string>): void {
    const id = formatResourceKey(record.key);
    if (seen.has(id)) return;
    seen.add(id);
    if (record.instance !== undefined) instances.add(record.instance);
    for (const parent of this.#parentsOf(record)) this.#collectInstances(parent, instances, seen);
  }

  #parentsOf(record: NodeRecord): readonly Entry[] {
    const { key, owners, inferredOwners } = record;
    // Uids also find cluster-scoped owners; inferred ones live in the same namespace.
    const ids = owners.map((owner) => this.#byUid.get(owner.uid));
    const inferredIds = inferredOwners.map((owner) => formatResourceKey({ ...owner, namespace: key.namespace }));
    const entriesOf = (list: readonly (string | undefined)[]) =>
      list.flatMap((id) => (id === undefined ? [] : (this.#entries.get(id) ?? [])));
    return [...entriesOf(ids), ...entriesOf(inferredIds).filter((entry) => isInferredChild(record, entry))];
  }
}

function ownerIds({ key, owners, inferredOwners }: NodeRecord): readonly string[] {
  return [...owners.map((owner) => owner.uid), ...inferredOwners.map((owner) => nameId(owner, key.namespace))];
}

function nameId({ group, kind, name }: Omit<OwnerLink, 'uid'>, namespace: string): string {
  return `${namespace}/${group}/${kind}/${name}`;
}

function isInferredChild(child: NodeRecord, { record, claimTemplates }: Entry): boolean {
  if (child.key.kind !== 'PersistentVolumeClaim') return true;
  return confirmsClaim(child.key.name, record.key.name, claimTemplates);
}
