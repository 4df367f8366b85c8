export type { CredentialProblem, Parsed } from './secret-fields.ts';
export type {
  ConnectionCredentials,
  ConnectionOptions,
  CredentialTemplate,
  RepositoryCredential,
  RepositoryType,
} from './repository-credential.ts';
export { hasOwnCredentials } from './repository-credential.ts';
export { parseRepoCredsSecret, parseRepositorySecret } from './parse-repository-secret.ts';
export type { ClusterConnection, ExecProvider } from './parse-cluster-secret.ts';
export { parseClusterSecret } from './parse-cluster-secret.ts';
export { toKubeConnection } from './to-kube-connection.ts';
export type { KnownHosts, RepositoryTrust, TrustedCertificate } from './parse-trust.ts';
export { describeCertificates, parseGpgKeys, parseKnownHosts, parseTlsCertificates } from './parse-trust.ts';
export type { RepositoryAccess, WireRepositoryAccess } from './repository-access.ts';
export { fromWire, toGitAccess, toRegistryAccess, toWire } from './repository-access.ts';
export type { KnownCredentials } from './match-repository-credential.ts';
export { matchRepositoryCredential } from './match-repository-credential.ts';
export type { CredentialSecretType } from './secret-type.ts';
export { secretTypeLabel, secretTypeOf } from './secret-type.ts';
