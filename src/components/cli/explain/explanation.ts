import type { ResourceKey } from '#libs/kube';
import type { ResourceComparison, ResourceNode } from '../session/session.ts';

/** Why an application is as it is, as data (`ux.md` 3.7). */
export interface Explanation {
  /** Nothing is wrong: in sync, healthy, nothing runs, nothing is held. */
  readonly isFine: boolean;
  readonly headline: string;
  /** Roots before symptoms. Never empty when something is wrong. */
  readonly causes: readonly Cause[];
  /** What could not be found out, and why. */
  readonly partial: readonly string[];
}

export interface Cause {
  /** Of the catalogue, e.g. `drift.manager`. */
  readonly rule: string;
  readonly text: string;
  readonly object?: ResourceKey;
  readonly since?: string | undefined;
  /** From the application down to the root, as `Kind/name`. */
  readonly chain?: readonly string[];
  /** Further facts, one line each. */
  readonly evidence: readonly string[];
  /** A command that helps. */
  readonly next?: string;
}

/** Everything that an explanation is made of; absent parts could not be read, `partial` says why. */
export interface ApplicationFacts {
  readonly comparisons: readonly ResourceComparison[] | undefined;
  readonly tree: readonly ResourceNode[] | undefined;
  readonly partial: readonly string[];
  readonly nowMs: number;
}
