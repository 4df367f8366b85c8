import { argoApiVersion } from '#core/api';
import type { KubeObject } from '#libs/kube';

export interface ControlPlaneSecrets {
  readonly adminPassword: string;
  readonly adminPasswordHash: string;
  readonly serverKey: string;
  /** RFC 3339. */
  readonly now: string;
}

const partOf = { 'app.kubernetes.io/part-of': 'argocd' };

/** What an installation consists of beside the CRDs: made when missing, never changed afterwards (`compatibility.md` h). */
export function buildControlPlaneObjects(namespace: string, secrets: ControlPlaneSecrets): KubeObject[] {
  return [
    ...[
      'argocd-cm',
      'argocd-cmd-params-cm',
      'argocd-rbac-cm',
      'argocd-ssh-known-hosts-cm',
      'argocd-tls-certs-cm',
      'argocd-gpg-keys-cm',
    ].map((name) => configMap(namespace, name)),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-secret', namespace, labels: { 'app.kubernetes.io/name': 'argocd-secret', ...partOf } },
      type: 'Opaque',
      data: encode({
        'admin.password': secrets.adminPasswordHash,
        'admin.passwordMtime': secrets.now,
        'server.secretkey': secrets.serverKey,
      }),
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-initial-admin-secret', namespace },
      type: 'Opaque',
      data: encode({ password: secrets.adminPassword }),
    },
    {
      apiVersion: argoApiVersion,
      kind: 'AppProject',
      metadata: { name: 'default', namespace },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  ];
}

function configMap(namespace: string, name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/name': name, ...partOf } },
  };
}

function encode(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}
