import type { Facts, Stage } from './recorded-cases.ts';

/** A difference from Argo CD's recorded answer that is on purpose; docs/compatibility.md lists the same cases. */
export interface PurposefulDifference {
  readonly case: string;
  readonly stage: Stage;
  readonly fact: keyof Facts;
  /** What Windlass answers instead: checked, so that a difference stays the one that was meant. */
  readonly windlass: unknown;
  readonly why: string;
}

export const purposefulDifferences: readonly PurposefulDifference[] = [];
