import { describe, expect, it } from 'vitest';
import type { Container, ContainerStatus, Pod, PodSpec } from '../../controllers/kinds/pod.ts';
import { pendingStages } from '../due-stages.ts';
import { initialStatus, nextStatus } from '../status/container-status.ts';
import { summarisePod } from '../status/summarise-pod.ts';
import type { Surroundings } from './container-facts.ts';
import type { KubeletTiming } from './kubelet-timing.ts';
import { restartDelayMs } from './kubelet-timing.ts';

const timing: KubeletTiming = {
  startMs: 300,
  runMs: 200,
  pullRetryMs: 100,
  probeDelayCapMs: 2000,
  restartMs: 10_000,
  stopMs: 50,
};
const calm: Surroundings = {
  missingConfig: () => undefined,
  missingVolume: () => undefined,
  processState: () => 'none',
};

function podOf(spec: Partial<PodSpec> & { containers: readonly Container[] }): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1' },
    spec,
  };
  const { initContainers = [], containers } = spec;
  const parts = {
    initContainerStatuses: initContainers.map((container, n) => initialStatus(container, n > 0)),
    containerStatuses: containers.map((container) => initialStatus(container, initContainers.length > 0)),
  };
  return { ...pod, status: summarisePod(pod, parts, 0) };
}

/** Lives through up to `limit` stages; each entry says when what happened, and the pod's phase after. */
function live(start: Pod, limit = 8, around: Surroundings = calm): string[] {
  let pod = start;
  let nowMs = 0;
  const story: string[] = [];
  for (let n = 0; n < limit; n++) {
    const [first, ...others] = pendingStages(pod, around, timing).sort((a, b) => a.delayMs - b.delayMs);
    if (!first) break;
    nowMs += first.delayMs;
    const due = [first, ...others.filter(({ delayMs }) => delayMs === first.delayMs)];
    const after = new Map<string, ContainerStatus>();
    for (const { slot, stage } of due) {
      const facts = { nowMs, restartDelayMs: restartDelayMs(timing, slot.status.restartCount), problem: 'missing' };
      after.set(slot.container.name, nextStatus(pod, slot, stage.next, facts));
    }
    const fresh = (status: ContainerStatus) => after.get(status.name) ?? status;
    const parts = {
      initContainerStatuses: (pod.status?.initContainerStatuses ?? []).map(fresh),
      containerStatuses: (pod.status?.containerStatuses ?? []).map(fresh),
    };
    pod = { ...pod, status: summarisePod(pod, parts, nowMs) };
    const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True' ? ' ready' : '';
    story.push(
      `${nowMs} ${due.map(({ slot, stage }) => `${slot.container.name}:${stage.next}`).join(' ')} → ${pod.status?.phase ?? ''}${ready}`,
    );
  }
  return story;
}

const main = (image: string, extra: Partial<Container> = {}): Container => ({ name: 'main', image, ...extra });

describe('the life of a container', () => {
  const cases: [string, Parameters<typeof podOf>[0], string[]][] = [
    ['a server starts and stays', { containers: [main('app')] }, ['300 main:running → Running ready']],
    [
      'a readiness probe delays readiness',
      { containers: [main('app', { readinessProbe: { initialDelaySeconds: 1 } })] },
      ['300 main:running → Running', '1300 main:ready → Running ready'],
    ],
    [
      'a long probe delay is capped',
      { containers: [main('app', { startupProbe: { initialDelaySeconds: 60 } })] },
      ['300 main:running → Running', '2300 main:started → Running ready'],
    ],
    [
      'a task completes',
      { restartPolicy: 'Never', containers: [main('task')] },
      ['300 main:running → Running ready', '500 main:succeeded → Succeeded'],
    ],
    [
      'a task that crashes fails',
      { restartPolicy: 'Never', containers: [main('crash')] },
      ['300 main:running → Running', '500 main:failed → Failed'],
    ],
    [
      'a broken image is never pulled',
      { containers: [main('broken')] },
      ['300 main:pullFailed → Pending', '400 main:pullBackOff → Pending'],
    ],
    [
      'init containers run in turn, a sidecar beside',
      {
        initContainers: [
          { name: 'first', image: 'task' },
          { name: 'proxy', image: 'app', restartPolicy: 'Always' },
        ],
        containers: [main('app')],
      },
      [
        '300 first:running → Pending',
        '500 first:succeeded → Pending',
        '800 proxy:running → Pending',
        '1100 main:running → Running ready',
      ],
    ],
    [
      'an init container that fails for good fails the pod',
      { restartPolicy: 'Never', initContainers: [{ name: 'first', image: 'crash' }], containers: [main('app')] },
      ['300 first:running → Pending', '500 first:failed → Failed'],
    ],
  ];
  it.each(cases)('%s', (_, spec, expected) => expect(live(podOf(spec))).toEqual(expected));

  it('restarts a crashing server at once, then later and later', () => {
    expect(live(podOf({ containers: [main('crash')] }), 9)).toEqual([
      '300 main:running → Running',
      '500 main:failed → Running',
      '500 main:running → Running',
      '700 main:failed → Running',
      '700 main:crashBackOff → Running',
      '10700 main:running → Running',
      '10900 main:failed → Running',
      '10900 main:crashBackOff → Running',
      '30900 main:running → Running',
    ]);
  });

  it('waits for configuration', () => {
    const around = { ...calm, missingConfig: () => 'configmap "settings" not found' };
    expect(live(podOf({ containers: [main('app')] }), 3, around)).toEqual(['0 main:configError → Pending']);
  });

  it('follows a real process', () => {
    const around = (processState: 'starting' | 'ready' | 'failed'): Surroundings => ({
      ...calm,
      processState: () => processState,
    });
    const started = podOf({ containers: [main('app')] });
    expect(live(started, 1, around('starting'))).toEqual(['300 main:running → Running ready']);
    const running: Pod = {
      ...started,
      status: {
        ...started.status,
        containerStatuses: [{ ...initialStatus(main('app'), false), started: true, state: { running: {} } }],
      },
    };
    expect(live(running, 1, around('starting'))).toEqual([]);
    expect(live(running, 1, around('ready'))).toEqual(['0 main:ready → Running ready']);
    expect(live(running, 1, around('failed'))).toEqual(['0 main:failed → Running']);
  });
});
