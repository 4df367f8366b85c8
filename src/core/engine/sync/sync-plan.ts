import type { KubeObject, ResourceKey } from '#libs/kube';

export type SyncPhase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail';
export type HookType = SyncPhase | 'Skip' | 'PreDelete' | 'PostDelete';
export type HookDeletePolicy = 'HookSucceeded' | 'HookFailed' | 'BeforeHookCreation';
export type PropagationPolicy = 'Foreground' | 'Background' | 'Orphan';

export interface HookSpec {
  readonly type: SyncPhase;
  readonly deletePolicies: readonly HookDeletePolicy[];
}

/** What a task does to its object. `none`: recorded, nothing is sent. */
export type TaskAction = 'apply' | 'create' | 'replace' | 'prune' | 'none';

/** One object in one phase. */
export interface SyncTask {
  /** "<phase>/<group>/<kind>/<namespace>/<name>": equal to `taskIdOf(result)` of its result row. */
  readonly id: string;
  readonly key: ResourceKey;
  readonly version: string;
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly action: TaskAction;
  readonly hook?: HookSpec | undefined;
  /** True for an object that Git does not hold; false also for hooks. */
  readonly isPrune: boolean;
  /** What to send; absent for a prune. Hooks carry their final name, finalizer and the operation's id. */
  readonly desired?: KubeObject | undefined;
  /** The destination namespace made on the way (`CreateNamespace=true`): its health is not waited for. */
  readonly isNamespaceCreation: boolean;
  /** Why nothing is sent: `unchanged` (equal), `requires-pruning` (operation does not prune), `no-prune` (option). */
  readonly skipped?: 'unchanged' | 'requires-pruning' | 'no-prune' | undefined;
  /** Delete and create again where an update is refused. */
  readonly isForced: boolean;
  /** `ServerSideApply=true` was asked for: only the wording of the result differs. */
  readonly saysServerSide: boolean;
  /** Ownership of client-side-applied fields moves to our manager first (`migrateManagedFields`; one extra call, once per object). */
  readonly migratesManagers: readonly string[];
  readonly isPruneConfirmationRequired: boolean;
  readonly propagation: PropagationPolicy;
  /** Uid of the live object when the plan was made; deletes are preconditioned on it. */
  readonly liveUid?: string | undefined;
}

/** Why a plan cannot start. */
export interface TaskProblem {
  readonly taskId: string;
  readonly key: ResourceKey;
  readonly version: string;
  readonly phase: SyncPhase;
  /** For the resource's result row. */
  readonly resourceMessage: string;
  /** For the operation's message. */
  readonly operationMessage: string;
}

/** Immutable; the same input gives the same plan and digest. */
export interface SyncPlan {
  readonly operationId: string;
  readonly isDryRun: boolean;
  /** In execution order: phase, wave, kind, name. */
  readonly tasks: readonly SyncTask[];
  readonly problems: readonly TaskProblem[];
  /** Hash of operation, options and targets, not of live objects: a restart knows whether it plans the same thing. */
  readonly digest: string;
}
