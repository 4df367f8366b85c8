import type { KubeObject, ResourceKey } from '#libs/kube';
import type { Health } from '../health/health.ts';
import type { ResourceResult } from './resource-result.ts';
import type { PropagationPolicy, SyncPhase, SyncPlan, SyncTask } from './sync-plan.ts';

export interface PassInput {
  readonly plan: SyncPlan;
  /** The persisted rows; empty at the start. */
  readonly results: readonly ResourceResult[];
  /** Must be at least as new as `results`: feed every write's answer into the index before the next pass. */
  readonly live: (key: ResourceKey) => KubeObject | undefined;
  /** Health with customisations; default `assessHealth`. */
  readonly health?: ((object: KubeObject) => Health | undefined) | undefined;
  /** True: hooks in flight are stopped and the operation ends Failed "Operation terminated". */
  readonly isTerminating?: boolean | undefined;
  /** Whether pruning of objects that ask for confirmation was approved after the operation began. */
  readonly isPruneApproved?: boolean | undefined;
}

/** One thing for the executor to do. */
export type Step =
  /** Server-side apply of `task.desired` (or create, when `task.action` says so). */
  | { readonly type: 'apply'; readonly task: SyncTask }
  | { readonly type: 'prune'; readonly task: SyncTask; readonly uid: string | undefined }
  /** A hook's object, before it is created again or when its policy says so. No result row changes. */
  | {
      readonly type: 'delete-hook';
      readonly key: ResourceKey;
      readonly version: string;
      readonly uid: string | undefined;
      readonly propagation: PropagationPolicy;
    }
  /** Removes `argocd.argoproj.io/hook-finalizer`. */
  | {
      readonly type: 'release-hook';
      readonly key: ResourceKey;
      readonly version: string;
      readonly uid: string | undefined;
    };

export interface WaitsFor {
  readonly reason: 'completion' | 'health' | 'deletion' | 'prune-confirmation';
  readonly key: ResourceKey;
  readonly isHook: boolean;
  readonly message?: string | undefined;
}

interface Progress {
  /** The rows after this pass; persist before carrying out anything below. */
  readonly results: readonly ResourceResult[];
  /** For `operationState.message`. */
  readonly message: string;
}

/** Groups are carried out one after another, the steps of a group in parallel. */
export type StepGroups = readonly (readonly Step[])[];

/** A failed step ends the wave after its group. Then pass again. */
export interface RunStep extends Progress {
  readonly type: 'run';
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly groups: StepGroups;
  /** True when nothing of this wave ran before: a wave delay, if one is configured, comes first. */
  readonly startsWave: boolean;
}

/** Pass again when one of these objects changes. */
export interface WaitStep extends Progress {
  readonly type: 'wait';
  readonly waitsFor: readonly WaitsFor[];
}

/** Carry out `cleanup` (results are durable first), then write the phase. */
export interface DoneStep extends Progress {
  readonly type: 'done';
  readonly phase: 'Succeeded' | 'Failed' | 'Error';
  readonly cleanup: StepGroups;
}

export type NextStep = RunStep | WaitStep | DoneStep;
