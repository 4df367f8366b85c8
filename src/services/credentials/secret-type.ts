import type { KubeObject } from '#libs/kube';

/** The label by which Argo CD tells its Secrets apart (`compatibility.md` h.5). */
export const secretTypeLabel = 'argocd.argoproj.io/secret-type';

export type CredentialSecretType =
  'repository' | 'repo-creds' | 'repository-write' | 'repo-write-creds' | 'cluster' | 'scm-creds';

const secretTypes: ReadonlySet<string> = new Set<CredentialSecretType>([
  'repository',
  'repo-creds',
  'repository-write',
  'repo-write-creds',
  'cluster',
  'scm-creds',
]);

/** What a Secret is for; undefined when it is none of Argo CD's. */
export function secretTypeOf(secret: KubeObject): CredentialSecretType | undefined {
  const label = secret.metadata.labels?.[secretTypeLabel];
  return label !== undefined && secretTypes.has(label) ? (label as CredentialSecretType) : undefined;
}
