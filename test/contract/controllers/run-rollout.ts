import { withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import type { RolloutCase, RolloutStep, WaitFor } from './rollout-case.ts';
import { RolloutRecorder, conditionsOf, pods, statusNumber, statusOf, wantedOf } from './rollout-recorder.ts';
import type { RolloutRecording } from './rollout-recording.ts';

const namespaces: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
};
const serviceAccounts: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
};
const workloads = {
  deployment: { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true },
  statefulSet: { group: 'apps', version: 'v1', resource: 'statefulsets', kind: 'StatefulSet', namespaced: true },
  daemonSet: { group: 'apps', version: 'v1', resource: 'daemonsets', kind: 'DaemonSet', namespaced: true },
  job: { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true },
} as const satisfies Record<string, ResourceType>;

const name = 'app';
const stepDeadlineMs = 45_000;
const quietMs = 700;
/** The real job controller gathers a second's changes before it writes its status. */
const jobQuietMs = 1600;

interface Run {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespace: string;
  readonly type: ResourceType;
  readonly recorder: RolloutRecorder;
  generation: number;
  /** Uids of pods deleted by hand or named by a later wait, by ordinal, before the step. */
  podsBefore: ReadonlyMap<string, string>;
}

/** Plays a script against a cluster in a namespace of its own and answers what happened. */
export async function runRollout(
  client: KubeClient,
  clock: Clock,
  script: RolloutCase,
  namespace: string,
): Promise<RolloutRecording> {
  const kind =
    (['deployment', 'statefulSet', 'daemonSet', 'job'] as const).find((candidate) => script[candidate] !== undefined) ??
    'deployment';
  const type = workloads[kind];
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const recorder = new RolloutRecorder({ client, clock, namespace, workload: type });
  const run: Run = { client, clock, namespace, type, recorder, generation: 1, podsBefore: new Map() };
  try {
    await recorder.start();
    await untilAccount(run);
    await client.create(type, buildWorkload(type, namespace, script[kind] ?? {}));
    for (const [n, step] of script.steps.entries()) await runStep(run, step, `step ${n + 1} of ${script.name}`);
    await recorder.untilQuiet(kind === 'job' ? jobQuietMs : quietMs);
    return recorder.finish();
  } finally {
    await recorder.stop();
    await client.delete(namespaces, namespace);
  }
}

/** Pods cannot be admitted before their namespace's account is there. */
async function untilAccount({ client, clock, namespace }: Run): Promise<void> {
  using deadline = withDeadline(clock, stepDeadlineMs, 'the default service account');
  const { items, metadata } = await client.list(serviceAccounts, { namespace });
  if (items.length > 0) return;
  for await (const event of client.watch(serviceAccounts, {
    namespace,
    resourceVersion: metadata.resourceVersion ?? '',
    signal: deadline.signal,
  })) {
    if (event.type === 'ADDED') return;
  }
}

function buildWorkload(type: ResourceType, namespace: string, given: Record<string, unknown>): KubeObject {
  const { image = 'app:1', ...spec } = given;
  const labels = { app: name };
  const isJob = type.kind === 'Job';
  const podSpec = { containers: [{ name: 'main', image }], ...(isJob ? { restartPolicy: 'Never' } : {}) };
  return {
    apiVersion: isJob ? 'batch/v1' : 'apps/v1',
    kind: type.kind,
    metadata: { name, namespace },
    spec: {
      ...(isJob ? {} : { selector: { matchLabels: labels } }),
      ...(type.kind === 'StatefulSet' ? { serviceName: name } : {}),
      template: { metadata: { labels }, spec: podSpec },
      ...spec,
    },
  };
}

async function runStep(run: Run, step: RolloutStep, what: string): Promise<void> {
  if ('wait' in step) {
    using deadline = withDeadline(run.clock, stepDeadlineMs, `${JSON.stringify(step.wait)} in ${what}`);
    await run.recorder.until(() => isMet(run, step.wait), deadline.signal);
    if (step.wait.complete) run.recorder.beginBounds();
    return;
  }
  run.podsBefore = new Map(run.recorder.pods.map(({ metadata }) => [metadata.name ?? '', metadata.uid ?? '']));
  if ('patch' in step) return patch(run, step.patch);
  if ('image' in step)
    return patch(run, { spec: { template: { spec: { containers: [{ name: 'main', image: step.image }] } } } });
  if ('undoTo' in step) return undo(run, step.undoTo);
  const doomed = run.recorder.pods.filter(
    ({ metadata }) => 'deletePods' in step || metadata.name === `${name}-${step.deletePod}`,
  );
  for (const pod of doomed) await run.client.delete(pods, pod.metadata.name ?? '', { namespace: run.namespace });
}

async function patch(run: Run, body: Record<string, unknown>): Promise<void> {
  const patched = await run.client.patch(run.type, name, body, { type: 'strategic', namespace: run.namespace });
  run.generation = patched.metadata.generation ?? 0;
}

/** As `kubectl rollout undo` does: the template of an old ReplicaSet becomes the deployment's again. */
async function undo(run: Run, revision: number): Promise<void> {
  const set = run.recorder.sets.find(
    ({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'] === String(revision),
  );
  const template = structuredClone(
    (set?.['spec'] as { template?: { metadata?: { labels?: Record<string, string> } } } | undefined)?.template,
  );
  delete template?.metadata?.labels?.['pod-template-hash'];
  const body = [{ op: 'replace', path: '/spec/template', value: template }];
  const patched = await run.client.patch(run.type, name, body, { type: 'json', namespace: run.namespace });
  run.generation = patched.metadata.generation ?? 0;
}

function isMet(run: Run, wait: WaitFor): boolean {
  const { workload } = run.recorder;
  if (!workload) return false;
  if (run.type.kind !== 'Job' && statusNumber(workload, 'observedGeneration') < run.generation) return false;
  if (wait.condition && conditionsOf(workload).find(({ type }) => type === wait.condition)?.status !== 'True')
    return false;
  if (wait.complete && !isComplete(run, workload)) return false;
  if (wait.reason && conditionsOf(workload).find(({ type }) => type === 'Progressing')?.reason !== wait.reason)
    return false;
  if (wait.revisions !== undefined && run.recorder.sets.length !== wait.revisions) return false;
  if (wait.podGone !== undefined) {
    const pod = run.recorder.pods.find(({ metadata }) => metadata.name === `${name}-${wait.podGone}`);
    if (!pod || pod.metadata.uid === run.podsBefore.get(`${name}-${wait.podGone}`)) return false;
  }
  return Object.entries(wait.status ?? {}).every(([field, value]) => statusNumber(workload, field) === value);
}

function isComplete({ recorder, type }: Run, workload: KubeObject): boolean {
  const count = (field: string) => statusNumber(workload, field);
  const wanted = type.kind === 'DaemonSet' ? count('desiredNumberScheduled') : wantedOf(workload);
  if (recorder.pods.length !== wanted) return false;
  if (type.kind === 'DaemonSet')
    return wanted > 0 && count('updatedNumberScheduled') === wanted && count('numberAvailable') === wanted;
  const isAvailable =
    count('updatedReplicas') === wanted && count('replicas') === wanted && count('availableReplicas') === wanted;
  if (type.kind === 'StatefulSet') {
    const { currentRevision, updateRevision } = statusOf(workload);
    return isAvailable && count('readyReplicas') === wanted && currentRevision === updateRevision;
  }
  const progress = conditionsOf(workload).find((condition) => condition.type === 'Progressing');
  return isAvailable && (!progress || progress.reason !== 'ReplicaSetUpdated');
}
