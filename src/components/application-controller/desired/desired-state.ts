import type { ApplicationSource } from '#core/api';
import type { GroupVersionKind, KubeObject, ResourceKey } from '#libs/kube';
import type { Finding } from '../status/conditions.ts';

/** What was rendered, before anything of the cluster went in. */
export interface Rendered {
  /** Of the repo-server: the same key has the same objects. */
  readonly key: string;
  /** Under which the manifest store has them; '' for manifests that were handed in. */
  readonly digest: string;
  readonly objects: readonly KubeObject[];
  readonly sources: readonly ApplicationSource[];
  /** The revisions at which these objects were first seen. */
  readonly revisions: readonly string[];
  readonly sourceTypes: readonly string[];
  readonly warnings: readonly string[];
}

/** One object as it is applied and compared. */
export interface Target {
  readonly id: string;
  readonly key: ResourceKey;
  readonly gvk: GroupVersionKind;
  readonly object: KubeObject;
  readonly hash: string;
}

/** The targets of an application in one cluster. */
export interface Targets {
  readonly byId: ReadonlyMap<string, Target>;
  /** Repeated and excluded objects. */
  readonly findings: readonly Finding[];
}
