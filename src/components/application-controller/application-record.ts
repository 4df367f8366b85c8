import type { AppliedResponse, SyncPlan } from '#core/engine';
import type { ResourceVerdict } from './compare/resource-verdict.ts';
import type { Rendered, Targets } from './desired/desired-state.ts';
import type { LastLook } from './refresh/decide-refresh.ts';
import type { Finding } from './status/conditions.ts';

/** What one process remembers of an application between two looks: only what can be found out again. */
export interface ApplicationRecord {
  rendered: Rendered | undefined;
  targets: Targets | undefined;
  /** From what `targets` were made. */
  targetsKey: string;
  /** Of the last full look; undefined = none yet. */
  last: LastLook | undefined;
  /** What is compared with: of the last render whose outcome was another one, or that a user asked for. */
  revisions: readonly string[];
  verdicts: ReadonlyMap<string, ResourceVerdict>;
  /** Resources that a watch reported since the last comparison. */
  readonly changed: Set<string>;
  /** The specification could not be followed at the last look: another cluster or project may change that. */
  isUnresolved: boolean;
  /** Look at everything again, whatever is known. */
  isForced: boolean;
  /** A full comparison from scratch is asked for: by the re-verification. */
  isVerifying: boolean;
  findings: readonly Finding[];
  /** Why nothing is known of what is wanted; undefined while it is known. */
  failure: { readonly finding: Finding; readonly sinceMs: number; readonly isTransient: boolean } | undefined;
  plan: { readonly operation: string; readonly plan: SyncPlan; readonly rendered: Rendered } | undefined;
  /** Since when small news of a rollout wait to be written. */
  minorSinceMs: number | undefined;
  /** What the server answered to the last applies of resources that still differed. */
  readonly responses: Map<string, readonly AppliedResponse[]>;
}

export function createRecord(): ApplicationRecord {
  return {
    rendered: undefined,
    targets: undefined,
    targetsKey: '',
    last: undefined,
    revisions: [],
    verdicts: new Map(),
    changed: new Set(),
    isUnresolved: false,
    isForced: false,
    isVerifying: false,
    findings: [],
    failure: undefined,
    plan: undefined,
    minorSinceMs: undefined,
    responses: new Map(),
  };
}
