import type { KubeClient, KubeObject } from '#libs/kube';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' };
const types = {
  account: { group: '', version: 'v1', resource: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true },
  clusterRole: { ...rbac, resource: 'clusterroles', kind: 'ClusterRole', namespaced: false },
  clusterBinding: { ...rbac, resource: 'clusterrolebindings', kind: 'ClusterRoleBinding', namespaced: false },
  binding: { ...rbac, resource: 'rolebindings', kind: 'RoleBinding', namespaced: true },
};

/** A ServiceAccount with these rights, in one namespace or everywhere, and a token of it. */
export async function createServiceAccount(
  client: KubeClient,
  name: string,
  { rules, namespace }: { readonly rules: readonly Rule[]; readonly namespace?: string },
): Promise<string> {
  const home = 'default';
  await client.create(types.account, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: home },
  });
  await client.create(types.clusterRole, roleOf(name, rules));
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  await client.create(namespace === undefined ? types.clusterBinding : types.binding, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: rbac.group, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: home }],
  });
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const path = `/api/v1/namespaces/${home}/serviceaccounts/${name}/token`;
  const answer = (await client.request('POST', path, { body: request })) as { readonly status: { token: string } };
  return answer.status.token;
}

/** Gives the account of that name other rights. */
export async function changeRights(client: KubeClient, name: string, rules: readonly Rule[]): Promise<void> {
  await client.patch(types.clusterRole, name, { rules }, { type: 'merge' });
}

function roleOf(name: string, rules: readonly Rule[]): KubeObject {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: [...rules] };
}
