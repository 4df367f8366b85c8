import type { ApplicationSpec, ApplicationStatus, ResourceResult } from '#core/api';
import type { KubeObject } from '#libs/kube';
import { controlNamespace, namespaceObject } from './cli-rig.ts';
import type { CliRig } from './cli-rig.ts';

export const webUrl = 'http://127.0.0.1:41700';

const configMapYaml = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {v: "1"}\n`;
const deploymentYaml =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: 1, selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: "nginx:1"}]}}}\n';

/** The repository of the recording, as far as it is rendered here. */
export const recordedFiles = {
  'plain/a.yaml': `${configMapYaml('a')}---\n${deploymentYaml}`,
  'no-heal/a.yaml': `${configMapYaml('a')}---\n${deploymentYaml}`,
  'manual-outofsync/a.yaml': configMapYaml('a'),
  'manual-dryrun/a.yaml': configMapYaml('a'),
};

const automated = { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] };
const manual = { syncOptions: ['CreateNamespace=true'] };
const at = '2026-01-01T00:00:00Z';

/** Makes the applications, projects and live objects that the recorded commands look at. */
export async function makeRecordedState(rig: CliRig, sha: string): Promise<void> {
  const app = (name: string, spec: Partial<ApplicationSpec>, status: ApplicationStatus) =>
    application({
      name,
      url: rig.url,
      spec,
      status: { sync: { status: 'Synced', revision: sha }, health: { status: 'Healthy' }, ...status },
    });
  for (const name of ['plain', 'no-heal', 'orphaned', 'manual-outofsync', 'manual-dryrun'])
    await rig.create(namespaceObject(`parity-${name}`));
  await rig.create(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'argocd-cm', namespace: controlNamespace },
      data: { url: webUrl },
    },
    app('p-prune-off', { syncPolicy: { automated: { selfHeal: true } } }, pruneOff(sha)),
    app('p-plain', { syncPolicy: automated }, plainStatus('parity-plain', sha)),
    app(
      'p-helm-values',
      {
        syncPolicy: automated,
        source: {
          repoURL: rig.url,
          path: 'helm-values',
          targetRevision: 'main',
          helm: { valueFiles: ['values.yaml'], parameters: [{ name: 'c', value: '3' }] },
        },
      },
      helmStatus(sha),
    ),
    app('p-bad-yaml', { syncPolicy: automated }, { sync: { status: 'Unknown' }, conditions: [badYaml] }),
    app(
      'p-update-history',
      { syncPolicy: automated },
      { history: [0, 1].map((id) => historyEntry(id, sha, rig.url, 'main')) },
    ),
    app('p-orphaned', { syncPolicy: automated }, {}),
    app(
      'p-no-heal',
      { syncPolicy: automated },
      { ...plainStatus('parity-no-heal', sha), sync: { status: 'OutOfSync', revision: sha } },
    ),
    app('p-manual-outofsync', { syncPolicy: manual }, missing('parity-manual-outofsync', sha)),
    app('p-manual-dryrun', { syncPolicy: manual }, {}),
    project('closed', {
      destinations: [{ server: '*', namespace: '*' }],
      sourceRepos: ['*'],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    }),
    project('cli', cliProject(rig.url)),
    liveConfigMap('stray', 'parity-orphaned', '1'),
  );
  await makeWorkload(rig, 'p-plain', 'parity-plain', { value: '1', replicas: 1 });
  await makeWorkload(rig, 'p-no-heal', 'parity-no-heal', { value: 'drift', replicas: 2 });
}

interface ApplicationInput {
  readonly name: string;
  readonly url: string;
  readonly spec: Partial<ApplicationSpec>;
  readonly status: ApplicationStatus;
}

function application({ name, url, spec, status }: ApplicationInput): KubeObject {
  const path = name.replace(/^p-/, '');
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: controlNamespace },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: `parity-${path}` },
      source: { repoURL: url, path, targetRevision: 'main' },
      ...spec,
    },
    status,
  };
}

function project(name: string, spec: object): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace: controlNamespace },
    spec,
  };
}

function cliProject(url: string) {
  const server = 'https://kubernetes.default.svc';
  return {
    destinations: [
      { server, namespace: 'ns' },
      { server, namespace: 'other' },
    ],
    sourceRepos: [url, 'https://example.com/x'],
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }],
  };
}

export function historyEntry(id: number, revision: string, url: string, targetRevision: string) {
  return { id, revision, deployedAt: at, source: { repoURL: url, path: 'plain', targetRevision } };
}

export function resultRow(kind: string, namespace: string, name: string, message: string): ResourceResult {
  const group = kind === 'Deployment' ? 'apps' : '';
  return {
    group,
    version: 'v1',
    kind,
    namespace,
    name,
    status: 'Synced',
    hookPhase: 'Running',
    syncPhase: 'Sync',
    message,
  };
}

function succeeded(sha: string, resources: ResourceResult[]): Pick<ApplicationStatus, 'operationState'> {
  return {
    operationState: {
      operation: { sync: { revision: sha } },
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      startedAt: at,
      finishedAt: at,
      syncResult: { revision: sha, resources },
    },
  };
}

function namespaceRow(name: string): ResourceResult {
  return resultRow('Namespace', '', name, `namespace/${name} created`);
}

export function workloadResources(namespace: string) {
  return [
    { version: 'v1', kind: 'ConfigMap', namespace, name: 'a', status: 'Synced' },
    {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace,
      name: 'd',
      status: 'Synced',
      health: { status: 'Healthy' },
    },
  ];
}

function plainStatus(namespace: string, sha: string): ApplicationStatus {
  return {
    resources: workloadResources(namespace),
    ...succeeded(sha, [
      namespaceRow(namespace),
      resultRow('ConfigMap', namespace, 'a', 'configmap/a created'),
      resultRow('Deployment', namespace, 'd', 'deployment.apps/d created'),
    ]),
  };
}

function pruneOff(sha: string): ApplicationStatus {
  const namespace = 'parity-prune-off';
  return {
    sync: { status: 'OutOfSync', revision: sha },
    resources: [
      { version: 'v1', kind: 'ConfigMap', namespace, name: 'a', status: 'Synced' },
      { version: 'v1', kind: 'ConfigMap', namespace, name: 'b', status: 'OutOfSync', requiresPruning: true },
    ],
    ...succeeded(sha, [
      namespaceRow(namespace),
      resultRow('ConfigMap', namespace, 'a', 'configmap/a created'),
      resultRow('ConfigMap', namespace, 'b', 'configmap/b created'),
    ]),
  };
}

function helmStatus(sha: string): ApplicationStatus {
  const namespace = 'parity-helm-values';
  return {
    resources: [{ version: 'v1', kind: 'ConfigMap', namespace, name: 'rel', status: 'Synced' }],
    ...succeeded(sha, [namespaceRow(namespace), resultRow('ConfigMap', namespace, 'rel', 'configmap/rel created')]),
  };
}

function missing(namespace: string, sha: string): ApplicationStatus {
  return {
    sync: { status: 'OutOfSync', revision: sha },
    health: { status: 'Missing' },
    resources: [
      { version: 'v1', kind: 'ConfigMap', namespace, name: 'a', status: 'OutOfSync', health: { status: 'Missing' } },
    ],
  };
}

const badYaml = {
  type: 'ComparisonError',
  message:
    "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = FailedPrecondition desc = Failed to unmarshal \"a.yaml\": failed to unmarshal manifest: error converting YAML to JSON: yaml: line 3: did not find expected ',' or '}'",
  lastTransitionTime: at,
};

function liveConfigMap(name: string, namespace: string, value: string, tracking?: string): KubeObject {
  const annotations =
    tracking === undefined ? {} : { 'argocd.argoproj.io/tracking-id': `${tracking}:/ConfigMap:${namespace}/${name}` };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, annotations }, data: { v: value } };
}

/** A ConfigMap, and a Deployment with its ReplicaSet and Pod, all healthy: no controllers run here. */
async function makeWorkload(
  rig: CliRig,
  instance: string,
  namespace: string,
  { value, replicas }: { value: string; replicas: number },
): Promise<void> {
  const labels = { app: 'd' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } };
  const tracking = `${instance}:apps/Deployment:${namespace}/d`;
  const account: KubeObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  await rig.create(account, liveConfigMap('a', namespace, value, instance));
  const deployment = await made(rig, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace, annotations: { 'argocd.argoproj.io/tracking-id': tracking } },
    spec: { replicas, selector: { matchLabels: labels }, template },
  });
  const counts = {
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    observedGeneration: 1,
  };
  await setStatus(rig, deployment, { ...counts, conditions: [{ type: 'Available', status: 'True' }] });
  const set = await made(rig, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'd-abc', namespace, ownerReferences: [ownerOf(deployment)] },
    spec: { replicas, selector: { matchLabels: labels }, template },
  });
  const { updatedReplicas: _updated, ...setCounts } = counts;
  await setStatus(rig, set, setCounts);
  const pod = await made(rig, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'd-abc-1', namespace, labels, ownerReferences: [ownerOf(set)] },
    spec: template.spec,
  });
  await setStatus(rig, pod, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
}

const types = {
  Deployment: { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true },
  ReplicaSet: { group: 'apps', version: 'v1', resource: 'replicasets', kind: 'ReplicaSet', namespaced: true },
  Pod: { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true },
} as const;

function typeOf(object: KubeObject) {
  return types[object.kind as keyof typeof types];
}

function made(rig: CliRig, object: KubeObject): Promise<KubeObject> {
  return rig.client.create(typeOf(object), object);
}

async function setStatus(rig: CliRig, { kind, apiVersion, metadata }: KubeObject, status: object): Promise<void> {
  const { name = '', namespace = '' } = metadata;
  await rig.client.patch(
    typeOf({ kind, apiVersion, metadata }),
    name,
    { status },
    { type: 'merge', namespace, subresource: 'status' },
  );
}

function ownerOf({ apiVersion, kind, metadata }: KubeObject) {
  return { apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? '', controller: true };
}
