import type { KubeObject, ObjectMeta, OwnerReference, ResourceType } from '#libs/kube';

/** An object as the API server returns it: it has a name, an identity and a version. */
export interface LiveObject extends KubeObject {
  metadata: ObjectMeta & { name: string; uid: string; resourceVersion: string };
}

/** A resource endpoint that knows the type of its objects. */
export interface Resource<T extends LiveObject = LiveObject> extends ResourceType {
  /** Never present; carries the type for inference. */
  readonly object?: T;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

/** A condition of any kind; Deployments add `lastUpdateTime`, Jobs and pods `lastProbeTime`. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
  lastProbeTime?: string | null;
  observedGeneration?: number;
}

/** "namespace/name", or "/name" for cluster-scoped objects: the key of caches and queues. */
export function keyOf(object: { metadata: { namespace?: string; name?: string } }): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner reference that marks a controller, if any. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** The reference a controller puts on what it creates. */
export function controllerReference(owner: LiveObject): OwnerReference {
  const { apiVersion, kind } = owner;
  return {
    apiVersion,
    kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function isTerminating(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** Milliseconds of an RFC 3339 time, or of now when absent. */
export function timeOf(text: string | null | undefined): number {
  return text ? Date.parse(text) : 0;
}

/** Kubernetes' metav1.Time: RFC 3339 in UTC with whole seconds. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function compareCreation(a: KubeObject, b: KubeObject): number {
  const byTime = timeOf(a.metadata.creationTimestamp) - timeOf(b.metadata.creationTimestamp);
  return byTime !== 0 ? byTime : compareText(a.metadata.name ?? '', b.metadata.name ?? '');
}

/** Byte order, as Go sorts strings. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
