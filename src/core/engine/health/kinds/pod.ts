import { getPath } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { marks } from '../../annotations.ts';
import { isHook } from '../../hooks.ts';
import type { HealthAssessment } from '../health.ts';
import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { conditionsOf, countAt, listAt, textAt } from '../object-fields.ts';

export const pod: HealthCheck = {
  kinds: [{ group: '', kind: 'Pod' }],
  versions: ['v1'],
  assess(object) {
    if (isKeptRunning(object)) {
      const problem = waitingProblem(object);
      if (problem !== undefined) return problem;
    }
    const message = textAt(object, 'status', 'message');
    switch (textAt(object, 'status', 'phase')) {
      case 'Pending':
        return healthOf('Progressing', 'pod-pending', message);
      case 'Succeeded':
        return healthOf('Healthy', 'pod-succeeded', message);
      case 'Failed':
        return healthOf('Degraded', 'pod-failed', message === '' ? failureMessage(object) : message);
      case 'Running':
        return isKeptRunning(object) ? running(object, message) : healthOf('Progressing', 'pod-running', message);
      default:
        return healthOf('Unknown', 'pod-phase-unknown', message);
    }
  },
};

/** A pod that is meant to run for ever: ready is healthy. Others are healthy when they have succeeded. */
function isKeptRunning(object: KubeObject): boolean {
  const policy = textAt(object, 'spec', 'restartPolicy');
  // The API server writes the default; a manifest that was never applied may lack it.
  if (policy === 'Always' || policy === '') return true;
  return object.metadata.annotations?.[marks.ignoreRestartPolicy] === 'true' && !isHook(object);
}

function waitingProblem(object: KubeObject): HealthAssessment | undefined {
  const failing = listAt(object, 'status', 'containerStatuses').filter((container) =>
    /^Err|Error$|BackOff$/.test(textAt(container, 'state', 'waiting', 'reason')),
  );
  const [first] = failing;
  if (first === undefined) return undefined;
  const messages = failing.map((container) => textAt(container, 'state', 'waiting', 'message'));
  const reason = textAt(first, 'state', 'waiting', 'reason');
  return healthOf('Degraded', 'pod-container-waiting', messages.filter((text) => text !== '').join(', '), {
    reason,
    container: textAt(first, 'name'),
  });
}

function running(object: KubeObject, message: string): HealthAssessment {
  const isReady = conditionsOf(object).some(({ type, status }) => type === 'Ready' && status === 'True');
  if (isReady) return healthOf('Healthy', 'pod-ready', message);
  const restarted = listAt(object, 'status', 'containerStatuses').some(
    (container) => getPath(container, 'lastState', 'terminated') !== undefined,
  );
  return restarted ? healthOf('Degraded', 'pod-restarted', message) : healthOf('Progressing', 'pod-not-ready', message);
}

/** What the first container that ended badly says. */
function failureMessage(object: KubeObject): string {
  const containers = [
    ...listAt(object, 'status', 'initContainerStatuses'),
    ...listAt(object, 'status', 'containerStatuses'),
  ];
  for (const container of containers) {
    const terminated = getPath(container, 'state', 'terminated');
    if (terminated === undefined) continue;
    const message = textAt(terminated, 'message');
    if (message !== '') return message;
    if (textAt(terminated, 'reason') === 'OOMKilled') return 'OOMKilled';
    const exitCode = countAt(terminated, 'exitCode');
    if (exitCode !== 0) return `container "${textAt(container, 'name')}" failed with exit code ${exitCode}`;
  }
  return '';
}
