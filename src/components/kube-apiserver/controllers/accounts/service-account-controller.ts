import type { KubeObject } from '#libs/kube';
import { isAlreadyExists } from '#libs/kube';
import type { ControllerContext } from '../framework/context.ts';
import type { Cluster } from '../framework/cluster.ts';
import type { LiveObject, Resource } from '../kinds/live-object.ts';
import { isTerminating } from '../kinds/live-object.ts';
import { configMaps, namespaces, serviceAccounts } from '../kinds/resources.ts';

const caName = 'kube-root-ca.crt';
const caDescription =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Every namespace has a `default` service account and the cluster's certificate in `kube-root-ca.crt`. */
export function startServiceAccountController(context: ControllerContext): void {
  const { cluster, rootCa } = context;
  const cache = cluster.cache(namespaces);
  const accounts = cluster.cache(serviceAccounts);
  const maps = cluster.cache(configMaps);
  const loop = context.startLoop({
    name: 'serviceaccount-controller',
    async reconcile(key, signal) {
      const namespace = cache.byKey(key);
      if (!namespace || isTerminating(namespace)) return undefined;
      const { name } = namespace.metadata;
      if (!accounts.get(name, 'default')) {
        await createOnce(
          cluster,
          serviceAccounts,
          { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
          signal,
        );
      }
      await ensureCa(cluster, name, rootCa, signal);
      return undefined;
    },
  });
  cache.onChange(({ after }) => after && loop.add(`/${after.metadata.name}`));
  accounts.onChange(({ before, after }) => {
    if (before?.metadata.name === 'default' && !after) loop.add(`/${before.metadata.namespace ?? ''}`);
  });
  maps.onChange(({ before, after }) => {
    const map = after ?? before;
    if (map?.metadata.name === caName && before) loop.add(`/${map.metadata.namespace ?? ''}`);
  });
}

async function ensureCa(cluster: Cluster, namespace: string, rootCa: string, signal: AbortSignal): Promise<void> {
  const live = cluster.cache(configMaps).get(namespace, caName);
  const content = { 'ca.crt': rootCa };
  if (!live) {
    const metadata = { name: caName, namespace, annotations: { 'kubernetes.io/description': caDescription } };
    await createOnce(cluster, configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: content }, signal);
  } else if ((live['data'] as Record<string, string> | undefined)?.['ca.crt'] !== rootCa) {
    await cluster.update(configMaps, { ...live, data: content }, { signal });
  }
}

async function createOnce<T extends LiveObject>(
  cluster: Cluster,
  resource: Resource<T>,
  draft: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  try {
    await cluster.create(resource, draft, { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
