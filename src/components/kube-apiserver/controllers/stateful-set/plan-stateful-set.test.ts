import { describe, expect, it } from 'vitest';
import type { Pod } from '../kinds/pod.ts';
import type { StatefulSet } from '../kinds/workloads.ts';
import { planStatefulSet } from './plan-stateful-set.ts';

type State = 'ready' | 'pending' | 'terminating' | 'failed';

function pod(ordinal: number, revision: string, state: State): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `web-${ordinal}`,
      uid: `web-${ordinal}`,
      resourceVersion: '1',
      labels: { 'controller-revision-hash': revision },
      ...(state === 'terminating' ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { containers: [] },
    status:
      state === 'failed'
        ? { phase: 'Failed' }
        : {
            phase: state === 'pending' ? 'Pending' : 'Running',
            conditions: [{ type: 'Ready', status: state === 'pending' ? 'False' : 'True' }],
          },
  };
}

function plan(spec: Partial<StatefulSet['spec']>, pods: Pod[], currentReplicas = 0): string[] {
  const set: StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', uid: 's', resourceVersion: '1' },
    spec: {
      replicas: 3,
      selector: {},
      template: { spec: { containers: [] } },
      updateStrategy: { type: 'RollingUpdate' },
      ...spec,
    },
    status: { replicas: 0, currentReplicas },
  };
  const actions = planStatefulSet({ set, pods, currentRevision: 'old', updateRevision: 'new', nowMs: 0 });
  return actions.map((action) =>
    action.type === 'create' ? `+${action.ordinal} ${action.revision}` : `-${action.pod.metadata.name} ${action.why}`,
  );
}

const partitioned = (partition: number) => ({
  updateStrategy: { type: 'RollingUpdate' as const, rollingUpdate: { partition } },
});

describe('planStatefulSet', () => {
  const cases: [string, Partial<StatefulSet['spec']>, Pod[], string[]][] = [
    ['creates one at a time', {}, [], ['+0 update']],
    ['waits for the one before', {}, [pod(0, 'new', 'pending')], []],
    ['goes on when it is ready', {}, [pod(0, 'new', 'ready')], ['+1 update']],
    [
      'creates all at once when parallel',
      { podManagementPolicy: 'Parallel' },
      [],
      ['+0 update', '+1 update', '+2 update'],
    ],
    ['recreates a failed pod', {}, [pod(0, 'new', 'failed')], ['-web-0 finished']],
    [
      'removes the highest surplus pod',
      { replicas: 1 },
      [pod(0, 'new', 'ready'), pod(1, 'new', 'ready'), pod(2, 'new', 'ready')],
      ['-web-2 scaleDown'],
    ],
    [
      'waits for a surplus pod to go',
      { replicas: 1 },
      [pod(0, 'new', 'ready'), pod(1, 'new', 'ready'), pod(2, 'new', 'terminating')],
      [],
    ],
    ['updates from the top', {}, [0, 1, 2].map((n) => pod(n, 'old', 'ready')), ['-web-2 update']],
    ['waits for the updated pod', {}, [pod(0, 'old', 'ready'), pod(1, 'old', 'ready'), pod(2, 'new', 'pending')], []],
    [
      'stops at the partition',
      partitioned(2),
      [pod(0, 'old', 'ready'), pod(1, 'old', 'ready'), pod(2, 'new', 'ready')],
      [],
    ],
    [
      'brings back the old revision below the partition',
      partitioned(2),
      [pod(1, 'old', 'ready'), pod(2, 'new', 'ready')],
      ['+0 current'],
    ],
    [
      'leaves updates to deletion',
      { updateStrategy: { type: 'OnDelete' } },
      [0, 1, 2].map((n) => pod(n, 'old', 'ready')),
      [],
    ],
    ['counts from the start ordinal', { replicas: 1, ordinals: { start: 5 } }, [], ['+5 update']],
  ];
  it.each(cases)('%s', (_, spec, pods, expected) => expect(plan(spec, pods)).toEqual(expected));

  it('brings back the current revision while the update has not reached a pod', () => {
    expect(plan({}, [pod(0, 'old', 'ready'), pod(1, 'old', 'ready')], 3)).toEqual(['+2 current']);
  });
});
