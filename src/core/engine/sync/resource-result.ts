import type { HookType, SyncPhase } from './sync-plan.ts';

export type ResultStatus = 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped';
export type OperationPhase = 'Running' | 'Terminating' | 'Failed' | 'Error' | 'Succeeded';

/** One row of `status.operationState.syncResult.resources`, as persisted. */
export interface ResourceResult {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly status?: ResultStatus | undefined;
  readonly message?: string | undefined;
  readonly hookType?: HookType | undefined;
  readonly hookPhase?: OperationPhase | undefined;
  readonly syncPhase?: SyncPhase | undefined;
  readonly images?: readonly string[] | undefined;
}

/** What the executor saw when it carried out one step; `recordOutcome` turns it into the row. */
export type StepOutcome =
  | { readonly type: 'applied'; readonly verb: 'created' | 'configured' | 'unchanged' }
  /** `deletedFirst`: the object was deleted and created again. */
  | { readonly type: 'replaced'; readonly verb: 'created' | 'replaced'; readonly deletedFirst: boolean }
  | { readonly type: 'pruned' }
  | { readonly type: 'failed'; readonly message: string };
