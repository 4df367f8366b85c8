import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What a step waits for; all that is named must hold. */
export interface WaitFor {
  /** Everything is at the newest revision, there and available. */
  readonly complete?: boolean;
  /** The controller has seen the newest generation. */
  readonly observed?: boolean;
  /** Of the condition Progressing. */
  readonly reason?: string;
  readonly status?: Readonly<Record<string, number>>;
  /** A condition that is True. */
  readonly condition?: string;
  /** How many ReplicaSets there are. */
  readonly revisions?: number;
  /** The pod of that ordinal has been deleted once since the step before. */
  readonly podGone?: number;
}

export type RolloutStep =
  | { readonly wait: WaitFor }
  | { readonly image: string }
  | { readonly patch: Record<string, unknown> }
  | { readonly undoTo: number }
  | { readonly deletePod: number }
  | { readonly deletePods: true };

export interface RolloutCase {
  readonly name: string;
  readonly order: 'exact' | 'invariants';
  /** What the rollout's strategy allows: required of both sides where the order is free. */
  readonly bounds?: { readonly mostReplicas: number; readonly fewestAvailable: number };
  readonly deployment?: Record<string, unknown>;
  readonly statefulSet?: Record<string, unknown>;
  readonly daemonSet?: Record<string, unknown>;
  readonly job?: Record<string, unknown>;
  readonly steps: readonly RolloutStep[];
}

const folder = join(import.meta.dirname, 'rollouts');

/** All scripted rollouts, in the order of their files. */
export function loadRolloutCases(): RolloutCase[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => parse(readFileSync(join(folder, file), 'utf8')) as RolloutCase[]);
}
