import { isNotFound } from '#libs/kube';
import type { ResourceType } from '#libs/kube';
import type { CoreContext } from './core-context.ts';

const configMapType: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

/** The keys of a ConfigMap of the control plane; none when there is no such ConfigMap. */
export async function readConfigMap(
  { client, namespace, signal }: CoreContext,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  try {
    const found = await client.get(configMapType, name, { namespace, signal });
    return (found['data'] ?? {}) as Record<string, string>;
  } catch (error) {
    if (isNotFound(error)) return {};
    throw error;
  }
}
