import {
  secretTypeLabel,
  parseKnownHosts,
  parseRepoCredsSecret,
  parseRepositorySecret,
  parseTlsCertificates,
  secretTypeOf,
} from '#services/credentials';
import type { KnownCredentials } from '#services/credentials';
import type { KubeObject } from '#libs/kube';
import type { CoreContext } from './core-context.ts';
import { secretType } from './destination-clients.ts';
import { readConfigMap } from './read-config-map.ts';

/** The Secrets that describe repositories and credential templates. */
export async function readRepositorySecrets({
  client,
  namespace,
  signal,
}: CoreContext): Promise<readonly KubeObject[]> {
  const labelSelector = `${secretTypeLabel} in (repository,repo-creds)`;
  return (await client.list(secretType, { namespace, labelSelector, signal })).items;
}

/** Repositories, templates and trust as the control plane has them (`compatibility.md` h.5). */
export async function readKnownCredentials(context: CoreContext): Promise<KnownCredentials> {
  const [secrets, tls, hosts] = await Promise.all([
    readRepositorySecrets(context),
    readConfigMap(context, 'argocd-tls-certs-cm'),
    readConfigMap(context, 'argocd-ssh-known-hosts-cm'),
  ]);
  const ofType = (type: string) => secrets.filter((secret) => secretTypeOf(secret) === type);
  const knownHosts = parseKnownHosts(configMapOf(hosts)).value.text;
  return {
    repositories: ofType('repository').map((secret) => parseRepositorySecret(secret).value),
    templates: ofType('repo-creds').map((secret) => parseRepoCredsSecret(secret).value),
    trust: { certificates: parseTlsCertificates(configMapOf(tls)).value, ...(knownHosts ? { knownHosts } : {}) },
  };
}

function configMapOf(data: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data };
}
