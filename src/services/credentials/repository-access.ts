import { Secret } from '#base/secret';
import type { GitAccess } from '#libs/git';
import type { RegistryAccess } from '#libs/registry';
import type { ConnectionCredentials, ConnectionOptions, RepositoryType } from './repository-credential.ts';

/** Everything that a component needs to read one repository. */
export interface RepositoryAccess extends ConnectionCredentials, ConnectionOptions {
  readonly url: string;
  readonly type: RepositoryType;
  readonly name?: string;
  readonly project?: string;
  readonly insecure?: boolean;
  readonly enableLfs?: boolean;
  /** The template's URL when the credentials are not the repository's own. */
  readonly inheritedFrom?: string;
  /** PEM bundle for the host, from `argocd-tls-certs-cm`. */
  readonly caPem?: string;
  /** Lines of `argocd-ssh-known-hosts-cm`. */
  readonly knownHosts?: string;
}

/** The same with secrets in the clear: only for an authenticated, encrypted or in-process transport. */
export interface WireRepositoryAccess {
  readonly fields: Readonly<Record<string, string | boolean>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly githubApp?: {
    readonly appId: string;
    readonly installationId?: string;
    readonly apiBaseUrl?: string;
    readonly privateKey: string;
  };
}

const secretNames = ['password', 'bearerToken', 'sshPrivateKey', 'clientKey'] as const;

/** Reveals the secrets of an access for a contract's transport. The result must not be logged or stored. */
export function toWire(access: RepositoryAccess): WireRepositoryAccess {
  const fields: Record<string, string | boolean> = {};
  const secrets: Record<string, string> = {};
  for (const [name, value] of Object.entries(access)) {
    if (typeof value === 'string' || typeof value === 'boolean') fields[name] = value;
  }
  for (const name of secretNames) {
    const value = access[name];
    if (value) secrets[name] = value.reveal();
  }
  const app = access.githubApp;
  return { fields, secrets, ...(app ? { githubApp: { ...app, privateKey: app.privateKey.reveal() } } : {}) };
}

/** The access behind its wire form. Fields that are not known here are dropped. */
export function fromWire({ fields, secrets, githubApp }: WireRepositoryAccess): RepositoryAccess {
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' ? { [name]: value } : {};
  };
  const flag = (name: string) => (fields[name] === true ? { [name]: true } : {});
  const secret = (name: string) => {
    const value = secrets[name];
    return value === undefined ? {} : { [name]: new Secret(value) };
  };
  return {
    url: String(fields['url'] ?? ''),
    type: fields['type'] === 'helm' || fields['type'] === 'oci' ? fields['type'] : 'git',
    ...text('name'),
    ...text('project'),
    ...text('inheritedFrom'),
    ...text('caPem'),
    ...text('knownHosts'),
    ...text('username'),
    ...text('clientCert'),
    ...text('proxy'),
    ...text('noProxy'),
    ...flag('insecure'),
    ...flag('enableLfs'),
    ...flag('enableOci'),
    ...flag('insecureOciForceHttp'),
    ...secret('password'),
    ...secret('bearerToken'),
    ...secret('sshPrivateKey'),
    ...secret('clientKey'),
    ...(githubApp ? { githubApp: { ...githubApp, privateKey: new Secret(githubApp.privateKey) } } : {}),
  };
}

/** What the Git library wants to know. */
export function toGitAccess(access: RepositoryAccess, submodules = false): GitAccess {
  const { type: _type, name: _name, project: _project, inheritedFrom: _from, ...rest } = access;
  const { enableOci: _oci, insecureOciForceHttp: _http, ...git } = rest;
  return submodules ? { ...git, submodules } : git;
}

/** What the registry library wants to know; the URL's host and path say which registry and repository. */
export function toRegistryAccess(access: RepositoryAccess): RegistryAccess {
  const { username, password, bearerToken, caPem, clientCert, clientKey, insecure, proxy, noProxy } = access;
  return {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(bearerToken ? { bearerToken } : {}),
    ...(caPem ? { caPem } : {}),
    ...(clientCert ? { clientCert } : {}),
    ...(clientKey ? { clientKey } : {}),
    ...(insecure ? { insecure } : {}),
    ...(proxy ? { proxy } : {}),
    ...(noProxy ? { noProxy } : {}),
    ...(access.insecureOciForceHttp ? { plainHttp: true } : {}),
  };
}
