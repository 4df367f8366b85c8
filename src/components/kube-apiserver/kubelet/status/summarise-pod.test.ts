import { describe, expect, it } from 'vitest';
import type { Pod } from '../../controllers/kinds/pod.ts';
import { initialStatus } from './container-status.ts';
import { summarisePod } from './summarise-pod.ts';

const container = { name: 'main', image: 'app' };
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', uid: 'u', resourceVersion: '1', generation: 1 },
  spec: { containers: [container] },
};
const running = { ...initialStatus(container, false), ready: true, started: true, state: { running: {} } };

describe('summarisePod', () => {
  const conditions = (subject: Pod, statuses: (typeof running)[], nowMs = 0) =>
    Object.fromEntries(
      (summarisePod(subject, { initContainerStatuses: [], containerStatuses: statuses }, nowMs).conditions ?? []).map(
        (condition) => [condition.type, condition],
      ),
    );

  it('says which containers are not ready', () => {
    const { Ready } = conditions(pod, [{ ...running, ready: false }]);
    expect(Ready).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [main]',
    });
  });

  it('keeps a condition that did not change since when it was so', () => {
    const before = summarisePod(pod, { initContainerStatuses: [], containerStatuses: [running] }, 1000);
    const after = conditions({ ...pod, status: before }, [running], 60_000);
    expect(after['Ready']?.lastTransitionTime).toBe('1970-01-01T00:00:01Z');
  });

  it('waits for readiness gates that others set', () => {
    const gated = { ...pod, spec: { ...pod.spec, readinessGates: [{ conditionType: 'traffic' }] } };
    expect(conditions(gated, [running])['Ready']).toMatchObject({ status: 'False', reason: 'ReadinessGatesNotReady' });
    const opened: Pod = { ...gated, status: { conditions: [{ type: 'traffic', status: 'True' }] } };
    expect(conditions(opened, [running])['Ready']?.status).toBe('True');
    expect(conditions(opened, [running])['traffic']?.status).toBe('True');
  });
});
