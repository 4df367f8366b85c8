import type { Secret } from '#base/secret';
import type { GithubAppAccess } from '#libs/git';

export type RepositoryType = 'git' | 'helm' | 'oci';

/** How to prove who we are, and how to get there: what a repository and a credential template have in common. */
export interface ConnectionCredentials {
  readonly username?: string;
  readonly password?: Secret;
  readonly bearerToken?: Secret;
  readonly sshPrivateKey?: Secret;
  readonly clientCert?: string;
  readonly clientKey?: Secret;
  readonly githubApp?: GithubAppAccess;
}

export interface ConnectionOptions {
  readonly proxy?: string;
  readonly noProxy?: string;
  /** Charts or artifacts of this registry are OCI artifacts, although the URL does not say `oci://`. */
  readonly enableOci?: boolean;
  readonly insecureOciForceHttp?: boolean;
}

/** A Secret labelled `repository` (`compatibility.md` h.5). */
export interface RepositoryCredential extends ConnectionCredentials, ConnectionOptions {
  readonly secretName: string;
  readonly url: string;
  readonly name?: string;
  readonly type: RepositoryType;
  readonly project?: string;
  readonly insecure?: boolean;
  readonly enableLfs?: boolean;
}

/** A Secret labelled `repo-creds`: credentials for all repositories below a URL. */
export interface CredentialTemplate extends ConnectionCredentials, ConnectionOptions {
  readonly secretName: string;
  readonly url: string;
  readonly type: RepositoryType;
}

/** Whether a repository brings credentials of its own, so that no template is looked for. */
export function hasOwnCredentials(credentials: ConnectionCredentials): boolean {
  const { username, password, bearerToken, sshPrivateKey, clientCert, githubApp } = credentials;
  return [username, password, bearerToken, sshPrivateKey, clientCert, githubApp].some((value) => value !== undefined);
}
