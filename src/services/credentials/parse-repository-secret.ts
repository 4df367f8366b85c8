import type { KubeObject } from '#libs/kube';
import type { GithubAppAccess } from '#libs/git';
import type {
  ConnectionCredentials,
  ConnectionOptions,
  CredentialTemplate,
  RepositoryCredential,
  RepositoryType,
} from './repository-credential.ts';
import { SecretFields } from './secret-fields.ts';
import type { Parsed } from './secret-fields.ts';

const azureFields = [
  'useAzureWorkloadIdentity',
  'azureServicePrincipalClientId',
  'azureServicePrincipalClientID',
  'azureServicePrincipalClientSecret',
  'azureServicePrincipalTenantId',
  'azureServicePrincipalTenantID',
  'azureActiveDirectoryEndpoint',
];

/**
 * Reads a Secret labelled `repository` or `repository-write` (`compatibility.md` h.5). Throws CREDENTIAL_SECRET_INVALID
 * when it names no URL or an unknown type.
 */
export function parseRepositorySecret(secret: KubeObject): Parsed<RepositoryCredential> {
  const fields = new SecretFields(secret);
  const name = fields.text('name');
  const project = fields.text('project');
  const insecure = [fields.boolean('insecure'), fields.boolean('insecureIgnoreHostKey')].includes(true);
  const enableLfs = fields.boolean('enableLfs');
  // How deep history is fetched and whether a cache is warmed change no result.
  fields.accept('depth', 'webhookManifestCacheWarmDisabled');
  return fields.finish({
    ...parseConnection(fields),
    ...(name ? { name } : {}),
    ...(project ? { project } : {}),
    ...(insecure ? { insecure } : {}),
    ...(enableLfs ? { enableLfs } : {}),
  });
}

/** Reads a Secret labelled `repo-creds` or `repo-write-creds`. Throws CREDENTIAL_SECRET_INVALID as above. */
export function parseRepoCredsSecret(secret: KubeObject): Parsed<CredentialTemplate> {
  const fields = new SecretFields(secret);
  return fields.finish(parseConnection(fields));
}

function parseConnection(fields: SecretFields): CredentialTemplate {
  const url = fields.text('url');
  if (!url) throw fields.fail('it has no "url"', 'url');
  const type = fields.text('type') ?? 'git';
  if (!isRepositoryType(type))
    throw fields.fail(`its type "${type.slice(0, 50)}" is none of git, helm and oci`, 'type');
  fields.unsupported(azureFields, 'use a token as password');
  fields.unsupported(['gcpServiceAccountKey'], 'use an access token as password');
  // Credentials are always sent with the first request, which is what this asks for.
  fields.accept('forceHttpBasicAuth');
  return { secretName: fields.secretName, url, type, ...parseCredentials(fields), ...parseOptions(fields) };
}

function parseCredentials(fields: SecretFields): ConnectionCredentials {
  const username = fields.text('username');
  const password = fields.secret('password');
  const bearerToken = fields.secret('bearerToken');
  const sshPrivateKey = fields.secret('sshPrivateKey');
  const clientCert = fields.text('tlsClientCertData');
  const clientKey = fields.secret('tlsClientCertKey');
  const githubApp = parseGithubApp(fields);
  return {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(bearerToken ? { bearerToken } : {}),
    ...(sshPrivateKey ? { sshPrivateKey } : {}),
    ...(clientCert ? { clientCert } : {}),
    ...(clientKey ? { clientKey } : {}),
    ...(githubApp ? { githubApp } : {}),
  };
}

function parseGithubApp(fields: SecretFields): GithubAppAccess | undefined {
  const appId = fields.text('githubAppID');
  const installationId = fields.text('githubAppInstallationID');
  const apiBaseUrl = fields.text('githubAppEnterpriseBaseUrl');
  const privateKey = fields.secret('githubAppPrivateKey');
  if (!appId && !privateKey) return undefined;
  if (!appId || !privateKey) throw fields.fail('a GitHub App needs both "githubAppID" and "githubAppPrivateKey"');
  return { appId, privateKey, ...(installationId ? { installationId } : {}), ...(apiBaseUrl ? { apiBaseUrl } : {}) };
}

function parseOptions(fields: SecretFields): ConnectionOptions {
  const proxy = fields.text('proxy');
  const noProxy = fields.text('noProxy');
  const enableOci = fields.boolean('enableOCI');
  const insecureOciForceHttp = fields.boolean('insecureOCIForceHttp');
  return {
    ...(proxy ? { proxy } : {}),
    ...(noProxy ? { noProxy } : {}),
    ...(enableOci ? { enableOci } : {}),
    ...(insecureOciForceHttp ? { insecureOciForceHttp } : {}),
  };
}

function isRepositoryType(type: string): type is RepositoryType {
  return type === 'git' || type === 'helm' || type === 'oci';
}
