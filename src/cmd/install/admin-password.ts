import { getPath } from '#base/json';
import type { KubeClient, ResourceType } from '#libs/kube';
import { isNotFound } from '#libs/kube';

const secretType: ResourceType = { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced: true };

/** The initial admin password, while its Secret exists; undefined when somebody deleted it, as they should after changing the password. */
export async function readInitialAdminPassword(client: KubeClient, namespace: string): Promise<string | undefined> {
  try {
    const secret = await client.get(secretType, 'argocd-initial-admin-secret', { namespace });
    const encoded = getPath(secret, 'data', 'password');
    return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
