import type { Verdict } from '../verdict.ts';

/** Plain inputs of one decision (`compatibility.md` d.1). Times are milliseconds since the epoch. */
export interface AutoSyncInput {
  readonly nowMs: number;
  /** `spec.syncPolicy.automated`; absent or `enabled: false` = off. */
  readonly automated?:
    | {
        readonly enabled?: boolean | undefined;
        readonly prune?: boolean | undefined;
        readonly selfHeal?: boolean | undefined;
        readonly allowEmpty?: boolean | undefined;
      }
    | undefined;
  readonly isWindowOpen: boolean;
  readonly hasOperation: boolean;
  readonly isBeingDeleted: boolean;
  readonly syncStatus: 'Synced' | 'OutOfSync' | 'Unknown';
  /** The counted and uncounted rows of the comparison; hooks excluded. */
  readonly resources: readonly AutoSyncResource[];
  /** Revision(s) and a hash of the source(s) that a sync would use now. */
  readonly revisions: readonly string[];
  readonly sourceHash: string;
  /** True when the new revision touches what the application reads. */
  readonly mayHaveChanges: boolean;
  readonly lastOperation?: LastOperation | undefined;
  readonly backoff?: SelfHealBackoff | undefined;
}

export interface AutoSyncResource {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: 'Synced' | 'OutOfSync' | 'Unknown';
  readonly requiresPruning: boolean;
}

export interface LastOperation {
  readonly phase: 'Running' | 'Terminating' | 'Failed' | 'Error' | 'Succeeded';
  readonly message: string;
  readonly finishedAtMs?: number | undefined;
  readonly autoHealAttempts: number;
  /** Absent when the operation ended before it had a result. */
  readonly result?: { readonly revisions: readonly string[]; readonly sourceHash: string } | undefined;
}

export interface SelfHealBackoff {
  readonly initialMs: number;
  readonly factor: number;
  readonly capMs: number;
  /** Used when `initialMs` is 0. */
  readonly fixedMs: number;
}

export type AutoSyncDecision =
  | { readonly type: 'skip'; readonly verdict: Verdict }
  /** Skipped with a SyncError condition of this message. */
  | { readonly type: 'blocked'; readonly condition: string; readonly verdict: Verdict }
  /** Decide again at that time. */
  | { readonly type: 'later'; readonly atMs: number; readonly verdict: Verdict }
  | {
      readonly type: 'sync';
      /** The whole application, or only these resources (self-heal; no hooks run then). */
      readonly resources?:
        | readonly {
            readonly group: string;
            readonly kind: string;
            readonly namespace: string;
            readonly name: string;
          }[]
        | undefined;
      readonly autoHealAttempts: number;
      readonly verdict: Verdict;
    };

export interface RetryInput {
  readonly nowMs: number;
  readonly phase: 'Failed' | 'Error';
  readonly message: string;
  /** How often the operation was retried so far. */
  readonly retryCount: number;
  /** 0 = never, negative = for ever. */
  readonly limit: number;
  readonly backoff?:
    | {
        readonly duration?: string | undefined;
        readonly factor?: number | undefined;
        readonly maxDuration?: string | undefined;
      }
    | undefined;
}

export type RetryDecision =
  | { readonly type: 'give-up'; readonly message: string }
  | { readonly type: 'retry'; readonly atMs: number; readonly retryCount: number; readonly message: string };

/** `AppProject.spec.syncWindows[]` (`compatibility.md` b.4). */
export interface SyncWindow {
  readonly kind: 'allow' | 'deny';
  readonly schedule: string;
  readonly duration: string;
  readonly applications?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly clusters?: readonly string[] | undefined;
  readonly manualSync?: boolean | undefined;
  readonly timeZone?: string | undefined;
  readonly andOperator?: boolean | undefined;
  readonly syncOverrun?: boolean | undefined;
}

export interface SyncWindowInput {
  readonly nowMs: number;
  readonly windows: readonly SyncWindow[];
  readonly application: {
    readonly name: string;
    readonly namespace: string;
    readonly clusterName: string;
    readonly clusterServer: string;
  };
  readonly isManual: boolean;
  /** Start of the running operation, when one runs. */
  readonly operationStartedAtMs?: number | undefined;
}

export interface SyncWindowDecision {
  readonly canSync: boolean;
  readonly active: readonly SyncWindow[];
  readonly assigned: readonly SyncWindow[];
  readonly verdict: Verdict;
}
