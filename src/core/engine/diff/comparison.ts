import type { KubeObject } from '#libs/kube';
import type { Schema } from '#libs/kube/schema';
import type { FieldEvidence } from '#libs/kube/structured-merge';
import type { CompareRules } from '../normalize/ignore-rule.ts';
import type { Verdict } from '../verdict.ts';

export type SyncState = 'Synced' | 'OutOfSync' | 'Unknown';

export interface CompareInput {
  /** As `normalizeDesired` and `setTracking` left it; absent = not in Git (any more). */
  readonly desired?: KubeObject | undefined;
  /** With managed fields where the cluster has them. */
  readonly live?: KubeObject | undefined;
  /** Absent for a kind whose schema is unknown: merged untyped. */
  readonly schema?: Schema | undefined;
  /** Field manager; default `argocd-controller`. */
  readonly manager?: string | undefined;
  /** Default: none. */
  readonly rules?: CompareRules | undefined;
  /** False for a live object whose tracking mark was copied from another one; default true. */
  readonly isSelfReference?: boolean | undefined;
  /** Managers whose client-side-applied fields count as ours; default `kubectl-client-side-apply`. Empty = no migration. */
  readonly migratedManagers?: readonly string[] | undefined;
  /** Label of applications that were tracked by label before; default `app.kubernetes.io/instance`. */
  readonly trackingLabel?: string | undefined;
}

export interface FieldDifference {
  /** `.spec.template.spec.containers[name="x"].image` */
  readonly path: string;
  /** `undefined` = absent. What Secrets hold is not masked here: mask before showing. */
  readonly desired: unknown;
  readonly live: unknown;
  /** Who set the live value last: evidence of drift. Absent where nobody owns the field. */
  readonly owner?: FieldEvidence | undefined;
  /** `unknown-field`: the schema does not declare it, the server would drop or refuse it. */
  readonly cause: 'value' | 'unknown-field';
}

export interface Comparison {
  /** Absent for hooks: they are never in or out of sync. */
  readonly state?: SyncState | undefined;
  /** False: does not make the application OutOfSync (hooks, `Skip`, copied marks, extraneous objects that say so). */
  readonly isCounted: boolean;
  readonly isHook: boolean;
  readonly requiresPruning: boolean;
  /** `Prune=confirm` or `Delete=confirm` on the object. */
  readonly requiresDeletionConfirmation: boolean;
  /** Sorted by path. Empty only with a verdict that says why. */
  readonly differences: readonly FieldDifference[];
  /** Differences that rules or trusted managers hide. */
  readonly ignored: readonly FieldDifference[];
  readonly verdict: Verdict;
  /** What the cluster would hold after applying; absent when nothing would change, so that no live object is kept alive by its verdict. */
  readonly predicted?: KubeObject | undefined;
}
