import type { RolloutCase } from './rollout-case.ts';

/** What a rollout looked like, timing apart. */
export interface RolloutRecording {
  /** ReplicaSet sizes by revision ("1:4 2:1") or pods coming and going ("+app-0@1", "-app-0@1"), in order. */
  readonly timeline: readonly string[];
  /** Each condition's successive "status/reason". */
  readonly conditions: Readonly<Record<string, readonly string[]>>;
  /** Most replicas wanted at once, and fewest available since the first complete state. */
  readonly bounds: { readonly mostReplicas: number; readonly fewestAvailable: number };
  readonly final: {
    readonly status: Readonly<Record<string, unknown>>;
    readonly conditions: Readonly<Record<string, string>>;
    readonly replicas: string;
  };
}

export interface Difference {
  readonly where: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Where two recordings of a case differ, by the comparison that its `order` allows. */
export function compareRecordings(
  script: RolloutCase,
  expected: RolloutRecording,
  actual: RolloutRecording,
): Difference[] {
  const differences: Difference[] = [];
  const compare = (where: string, a: unknown, b: unknown) => {
    if (JSON.stringify(a) !== JSON.stringify(b)) differences.push({ where, expected: a, actual: b });
  };
  compare('final', expected.final, actual.final);
  compare('conditions', expected.conditions, actual.conditions);
  if (script.order === 'exact') compare('timeline', expected.timeline, actual.timeline);
  else compare('what came and went', podEvents(expected), podEvents(actual));
  for (const { bounds } of script.bounds ? [expected, actual] : []) {
    const { mostReplicas = 0, fewestAvailable = 0 } = script.bounds ?? {};
    if (bounds.mostReplicas > mostReplicas) compare('most replicas', mostReplicas, bounds.mostReplicas);
    if (bounds.fewestAvailable < fewestAvailable) compare('fewest available', fewestAvailable, bounds.fewestAvailable);
  }
  return differences;
}

function podEvents({ timeline }: RolloutRecording): string[] {
  return timeline.filter((entry) => entry.startsWith('+') || entry.startsWith('-')).sort();
}
