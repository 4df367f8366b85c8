import type { KubeObject } from '#libs/kube';
import { forbidden } from '../answers/api-errors.ts';
import type { StrategyContext } from '../registry/strategy.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { listOf, makeFields, textOf } from '../registry/strategies/fields.ts';

const pods = { group: '', resource: 'pods' };
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the ServiceAccount, Priority and DefaultTolerationSeconds admission plug-ins do to a new pod. */
export function admitPod(pod: KubeObject, context: StrategyContext): void {
  const spec = makeFields(pod, 'spec');
  admitServiceAccount(pod, spec, context);
  admitPriority(pod, spec, context);
  addTolerations(spec);
}

function admitServiceAccount(pod: KubeObject, spec: Fields, context: StrategyContext): void {
  const { name: podName = '', namespace = '', annotations } = pod.metadata;
  // The kubelet's mirror of a static pod has no account.
  if (annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
  const name = textOf(spec, 'serviceAccountName') || 'default';
  spec['serviceAccountName'] = name;
  spec['serviceAccount'] = name;
  const account = context.lookup('serviceaccounts', namespace, name);
  if (!account) {
    throw forbidden(pods, podName, {
      why: `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    });
  }
  const secrets = account['imagePullSecrets'];
  if (listOf(spec, 'imagePullSecrets').length === 0 && Array.isArray(secrets) && secrets.length > 0)
    spec['imagePullSecrets'] = secrets;
  if ((spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken']) !== false)
    mountToken(spec, context);
}

function mountToken(spec: Fields, context: StrategyContext): void {
  const containers = [...listOf(spec, 'initContainers'), ...listOf(spec, 'containers')];
  const without = containers.filter((one) =>
    listOf(one, 'volumeMounts').every((mount) => mount['mountPath'] !== tokenPath),
  );
  if (without.length === 0) return;
  const name = `kube-api-access-${context.random(nameAlphabet, 5)}`;
  for (const container of without) {
    container['volumeMounts'] = [...listOf(container, 'volumeMounts'), { name, readOnly: true, mountPath: tokenPath }];
  }
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ];
  spec['volumes'] = [...listOf(spec, 'volumes'), { name, projected: { sources, defaultMode: 420 } }];
}

function admitPriority(pod: KubeObject, spec: Fields, context: StrategyContext): void {
  const wanted = textOf(spec, 'priorityClassName');
  const found =
    wanted === '' ? globalDefault(context) : context.lookup('priorityclasses.scheduling.k8s.io', '', wanted);
  if (wanted !== '' && !found)
    throw forbidden(pods, pod.metadata.name ?? '', { why: `no PriorityClass with name ${wanted} was found` });
  if (found) spec['priorityClassName'] = found.metadata.name;
  spec['priority'] = found?.['value'] ?? 0;
  spec['preemptionPolicy'] ??= found?.['preemptionPolicy'] ?? 'PreemptLowerPriority';
}

function globalDefault(context: StrategyContext): KubeObject | undefined {
  for (const one of context.scan('priorityclasses.scheduling.k8s.io')) if (one['globalDefault'] === true) return one;
  return undefined;
}

function addTolerations(spec: Fields): void {
  const present = listOf(spec, 'tolerations');
  const added = ['not-ready', 'unreachable']
    .map((condition) => `node.kubernetes.io/${condition}`)
    .filter((key) => !present.some((one) => tolerates(one, key)))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
  if (added.length > 0) spec['tolerations'] = [...present, ...added];
}

function tolerates(toleration: Fields, key: string): boolean {
  const effect = textOf(toleration, 'effect');
  const matchesKey =
    toleration['key'] === key || (textOf(toleration, 'key') === '' && toleration['operator'] === 'Exists');
  return matchesKey && (effect === '' || effect === 'NoExecute');
}
