import type { KubeObject } from '#libs/kube';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import { formatAge } from './human-duration.ts';
import type { Printer } from './printer.ts';
import { ageOf, nameOf, none, numberOf, orNone } from './printer.ts';

/** NAME READY STATUS RESTARTS AGE IP NODE NOMINATED-NODE READINESS-GATES */
export const printPod: Printer = (pod, now) => {
  const spec = fieldsOf(pod, 'spec');
  const status = fieldsOf(pod, 'status');
  const total = listOf(spec, 'containers').length + restartableInits(spec).size;
  const summary = summarize(pod);
  const gates = listOf(spec, 'readinessGates');
  const conditions = listOf(status, 'conditions');
  const met = gates.filter((gate) =>
    conditions.some((one) => one['type'] === gate['conditionType'] && one['status'] === 'True'),
  );
  return [
    nameOf(pod),
    `${summary.ready}/${total}`,
    summary.reason,
    summary.lastRestart === undefined
      ? String(summary.restarts)
      : `${summary.restarts} (${formatAge(summary.lastRestart, now)} ago)`,
    ageOf(pod, now),
    orNone(textOf(listOf(status, 'podIPs')[0], 'ip') || textOf(status, 'podIP')),
    orNone(textOf(spec, 'nodeName')),
    orNone(textOf(status, 'nominatedNodeName')),
    gates.length === 0 ? none : `${met.length}/${gates.length}`,
  ];
};

interface PodSummary {
  reason: string;
  ready: number;
  restarts: number;
  lastRestart: string | undefined;
}

function restartableInits(spec: Fields): Set<string> {
  const inits = listOf(spec, 'initContainers').filter((one) => one['restartPolicy'] === 'Always');
  return new Set(inits.map((one) => textOf(one, 'name')));
}

/** What a person wants to know first: why a pod is not simply Running. */
function summarize(pod: KubeObject): PodSummary {
  const spec = fieldsOf(pod, 'spec');
  const status = fieldsOf(pod, 'status');
  const summary: PodSummary = {
    reason: textOf(status, 'reason') || textOf(status, 'phase'),
    ready: 0,
    restarts: 0,
    lastRestart: undefined,
  };
  const gated = listOf(status, 'conditions').some(
    (one) => one['type'] === 'PodScheduled' && one['reason'] === 'SchedulingGated',
  );
  if (gated) summary.reason = 'SchedulingGated';
  const initializing = summarizeInits(pod, summary);
  if (!initializing || isInitialized(status)) summarizeContainers(pod, summary);
  if (pod.metadata.deletionTimestamp !== undefined) {
    const phase = textOf(status, 'phase');
    if (textOf(status, 'reason') === 'NodeLost') summary.reason = 'Unknown';
    else if (phase !== 'Failed' && phase !== 'Succeeded') summary.reason = 'Terminating';
  }
  if (summary.reason === '' && spec['nodeName'] === undefined) summary.reason = 'Pending';
  return summary;
}

function isInitialized(status: Fields): boolean {
  return listOf(status, 'conditions').some((one) => one['type'] === 'Initialized' && one['status'] === 'True');
}

function addRestarts(container: Fields, summary: PodSummary): void {
  summary.restarts += numberOf(container, 'restartCount');
  const finished = textOf(fieldsOf(fieldsOf(container, 'lastState'), 'terminated'), 'finishedAt');
  if (finished !== '' && (summary.lastRestart === undefined || finished > summary.lastRestart))
    summary.lastRestart = finished;
}

function summarizeInits(pod: KubeObject, summary: PodSummary): boolean {
  const spec = fieldsOf(pod, 'spec');
  const restartable = restartableInits(spec);
  const total = listOf(spec, 'initContainers').length;
  const statuses = listOf(fieldsOf(pod, 'status'), 'initContainerStatuses');
  for (const [index, container] of statuses.entries()) {
    addRestarts(container, summary);
    const state = fieldsOf(container, 'state');
    const terminated = fieldsOf(state, 'terminated');
    if (state['terminated'] !== undefined && terminated['exitCode'] === 0) continue;
    if (restartable.has(textOf(container, 'name')) && container['started'] === true) {
      if (container['ready'] === true) summary.ready++;
      continue;
    }
    const waiting = textOf(fieldsOf(state, 'waiting'), 'reason');
    if (state['terminated'] !== undefined) summary.reason = `Init:${terminationText(terminated)}`;
    else if (waiting !== '' && waiting !== 'PodInitializing') summary.reason = `Init:${waiting}`;
    else summary.reason = `Init:${index}/${total}`;
    return true;
  }
  return false;
}

function terminationText(terminated: Fields): string {
  const reason = textOf(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = numberOf(terminated, 'signal');
  return signal === 0 ? `ExitCode:${numberOf(terminated, 'exitCode')}` : `Signal:${signal}`;
}

function summarizeContainers(pod: KubeObject, summary: PodSummary): void {
  const status = fieldsOf(pod, 'status');
  let hasRunning = false;
  for (const container of listOf(status, 'containerStatuses').toReversed()) {
    addRestarts(container, summary);
    const state = fieldsOf(container, 'state');
    const waiting = textOf(fieldsOf(state, 'waiting'), 'reason');
    if (waiting !== '') summary.reason = waiting;
    else if (state['terminated'] !== undefined) summary.reason = terminationText(fieldsOf(state, 'terminated'));
    else if (container['ready'] === true && state['running'] !== undefined) {
      hasRunning = true;
      summary.ready++;
    }
  }
  if (summary.reason !== 'Completed' || !hasRunning) return;
  const isReady = listOf(status, 'conditions').some((one) => one['type'] === 'Ready' && one['status'] === 'True');
  summary.reason = isReady ? 'Running' : 'NotReady';
}
