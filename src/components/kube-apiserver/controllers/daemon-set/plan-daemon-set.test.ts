import { describe, expect, it } from 'vitest';
import type { Pod } from '../kinds/pod.ts';
import type { DaemonSet } from '../kinds/workloads.ts';
import { planDaemonSet, shouldRunOn } from './plan-daemon-set.ts';

const node = (name: string, taints: object[] = []) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', labels: { os: 'linux' } },
  spec: { taints },
});
const daemonSet = (spec: Partial<DaemonSet['spec']> = {}): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', uid: 'd', resourceVersion: '1' },
  spec: { selector: {}, template: { spec: { containers: [] } }, ...spec },
});

function pod(name: string, nodeName: string, hash: string, isReady = true): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      labels: { 'controller-revision-hash': hash },
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { nodeName, containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  };
}

describe('planDaemonSet', () => {
  const nodes = [node('n1'), node('n2'), node('n3')];
  const plan = (set: DaemonSet, pods: Pod[]) => {
    const { create, delete: doomed } = planDaemonSet({ set, nodes, pods, hash: 'new', nowMs: 0 });
    return [...create.map((name) => `+${name}`), ...doomed.map(({ metadata }) => `-${metadata.name}`)];
  };
  const old = [pod('a', 'n1', 'old'), pod('b', 'n2', 'old'), pod('c', 'n3', 'old')];
  const rolling = (rollingUpdate: object) => daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
  const cases: [string, DaemonSet, Pod[], string[]][] = [
    ['fills every node', daemonSet(), [pod('a', 'n1', 'new')], ['+n2', '+n3']],
    ['replaces one at a time', daemonSet(), old, ['-a']],
    ['replaces as many as may be unavailable', rolling({ maxUnavailable: 2 }), old, ['-a', '-b']],
    ['waits for the replaced one', daemonSet(), [pod('x', 'n1', 'new', false), ...old.slice(1)], []],
    ['replaces what is useless at once', daemonSet(), [pod('a', 'n1', 'old', false), ...old.slice(1)], ['-a']],
    ['surges first', rolling({ maxSurge: 1, maxUnavailable: 0 }), old, ['+n1']],
    [
      'takes the old one when the surge is available',
      rolling({ maxSurge: 1, maxUnavailable: 0 }),
      [...old, pod('x', 'n1', 'new')],
      ['+n2', '-a'],
    ],
    ['leaves updates to deletion', daemonSet({ updateStrategy: { type: 'OnDelete' } }), old, []],
    [
      'keeps one pod per node',
      daemonSet(),
      [pod('a', 'n1', 'new'), pod('b', 'n1', 'new'), pod('c', 'n2', 'new'), pod('d', 'n3', 'new')],
      ['-b'],
    ],
  ];
  it.each(cases)('%s', (_, set, pods, expected) => expect(plan(set, pods)).toEqual(expected));
});

describe('shouldRunOn', () => {
  const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  it('asks for labels and tolerated taints', () => {
    const template = (spec: object) => daemonSet({ template: { spec: { containers: [], ...spec } } });
    expect(shouldRunOn(template({ nodeSelector: { os: 'linux' } }), node('n'))).toBe(true);
    expect(shouldRunOn(template({ nodeSelector: { os: 'plan9' } }), node('n'))).toBe(false);
    expect(shouldRunOn(template({}), node('n', [taint]))).toBe(false);
    expect(shouldRunOn(template({ tolerations: [{ key: 'gpu', operator: 'Exists' }] }), node('n', [taint]))).toBe(true);
  });
});
