import type { AppProject, Application, ApplicationSource, OperationState } from '#core/api';
import type { CompareRules } from '#core/engine';
import type { GroupVersionKind, KubeObject } from '#libs/kube';
import { refuseResource } from '#services/projects';
import type { ApplicationSettings } from '#services/settings';
import type { ApplicationRecord } from './application-record.ts';
import type { ClusterEntry } from './clusters/cluster-pool.ts';
import type { LiveCluster } from './live/live-cluster.ts';

/** One look at one application: who it is, what it may, where it goes. `application` is replaced by what a write answered. */
export interface ApplicationSession {
  readonly key: string;
  application: Application;
  /** The name in tracking marks. */
  readonly instance: string;
  readonly record: ApplicationRecord;
  readonly project: AppProject;
  readonly cluster: LiveCluster;
  readonly clusterEntry: ClusterEntry;
  readonly namespace: string;
  readonly sources: readonly ApplicationSource[];
  readonly settings: ApplicationSettings;
  readonly rules: CompareRules;
  readonly signal: AbortSignal;
  /** Writes the state of an operation in progress; the answer becomes `application`. */
  persist(state: OperationState, annotations: Readonly<Record<string, string>>): Promise<void>;
}

/** Why the project forbids an object in the session's cluster. */
export function refusalOf(session: ApplicationSession, object: KubeObject, gvk: GroupVersionKind): string | undefined {
  const { cluster, clusterEntry, project } = session;
  const isNamespaced = cluster.resource(gvk)?.namespaced ?? object.metadata.namespace !== undefined;
  return refuseResource(project, object, { isNamespaced, server: clusterEntry.server, clusterName: clusterEntry.name });
}
