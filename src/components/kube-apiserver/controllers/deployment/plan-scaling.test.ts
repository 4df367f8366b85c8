import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../kinds/workloads.ts';
import type { OwnedSets } from './plan-scaling.ts';
import { isScalingEvent, planCleanup, planProportionalScaling, planRollingUpdate } from './plan-scaling.ts';
import { desiredReplicasAnnotation, maxReplicasAnnotation, rolloutLimits } from './rollout-numbers.ts';

const template = { spec: { containers: [] } };

function deployment(replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', uid: 'd', resourceVersion: '1' },
    spec: { replicas, selector: {}, template, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } },
  };
}

function set(name: string, replicas: number, available: number, noted?: { desired: number; max: number }): ReplicaSet {
  const annotations = noted
    ? { [desiredReplicasAnnotation]: String(noted.desired), [maxReplicasAnnotation]: String(noted.max) }
    : {};
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      annotations,
      creationTimestamp: `2026-01-0${name.at(-1) ?? '1'}T00:00:00Z`,
    },
    spec: { replicas, selector: {}, template },
    status: { replicas, availableReplicas: available },
  };
}

const sizes = (resizes: readonly { set: ReplicaSet; replicas: number }[]) =>
  Object.fromEntries(resizes.map((resize) => [resize.set.metadata.name, resize.replicas]));

describe('rolloutLimits', () => {
  it.each([
    [10, '25%', '25%', 3, 2],
    [3, '30%', '30%', 1, 0],
    [4, 0, 0, 0, 1],
    [2, '100%', '100%', 2, 2],
    [0, 1, 1, 1, 0],
  ] as const)(
    '%i replicas with surge %s and unavailable %s',
    (replicas, surge, unavailable, maxSurge, maxUnavailable) => {
      expect(rolloutLimits(deployment(replicas, surge, unavailable))).toEqual({ maxSurge, maxUnavailable });
    },
  );
});

describe('planRollingUpdate', () => {
  const cases: [string, Deployment, OwnedSets, Record<string, number>][] = [
    [
      'begins with the surge',
      deployment(4, 1, 0),
      { newSet: set('new2', 0, 0), oldSets: [set('old1', 4, 4)] },
      { new2: 1 },
    ],
    [
      'waits while the new pod is not available',
      deployment(4, 1, 0),
      { newSet: set('new2', 1, 0), oldSets: [set('old1', 4, 4)] },
      {},
    ],
    [
      'takes an old one for each that came',
      deployment(4, 1, 0),
      { newSet: set('new2', 1, 1), oldSets: [set('old1', 4, 4)] },
      { old1: 3 },
    ],
    [
      'takes the unhealthy first',
      deployment(4, 1, 1),
      { newSet: set('new3', 1, 0), oldSets: [set('old1', 3, 3), set('old2', 1, 0)] },
      { old2: 0 },
    ],
    ['rests at the end', deployment(4, 1, 0), { newSet: set('new2', 4, 4), oldSets: [set('old1', 0, 0)] }, {}],
    [
      'shrinks a new set that is too large',
      deployment(2, 1, 0),
      { newSet: set('new2', 4, 4), oldSets: [] },
      { new2: 2 },
    ],
  ];
  it.each(cases)('%s', (_, subject, sets, expected) =>
    expect(sizes(planRollingUpdate(subject, sets))).toEqual(expected),
  );
});

describe('planProportionalScaling', () => {
  it('spreads over the active sets by their share', () => {
    const noted = { desired: 10, max: 13 };
    const sets = { newSet: set('new2', 5, 0, noted), oldSets: [set('old1', 8, 8, noted)] };
    const grown = { ...deployment(15, 3, 2), status: { replicas: 13 } };
    expect(isScalingEvent(grown, sets)).toBe(true);
    expect(sizes(planProportionalScaling(grown, sets))).toEqual({ old1: 11, new2: 7 });
  });

  it('gives everything to the only active set', () => {
    expect(sizes(planProportionalScaling(deployment(5, 1, 0), { newSet: set('new1', 2, 2), oldSets: [] }))).toEqual({
      new1: 5,
    });
  });
});

describe('planCleanup', () => {
  it('drops the oldest idle sets beyond the limit, never one that still runs', () => {
    const subject = deployment(1, 1, 0);
    subject.spec.revisionHistoryLimit = 1;
    const doomed = planCleanup(subject, [set('a1', 0, 0), set('b2', 1, 1), set('c3', 0, 0)], (candidate) =>
      Number(candidate.metadata.name.at(-1)),
    );
    expect(doomed.map(({ metadata }) => metadata.name)).toEqual(['a1']);
  });
});
