import type { Secret } from '#base/secret';

/** Credentials of a GitHub App installation; the token is made and renewed by the store. */
export interface GithubAppAccess {
  readonly appId: string;
  /** Found through the repository's owner when absent. */
  readonly installationId?: string;
  readonly privateKey: Secret;
  /** Base of the REST API, without trailing slash. Default `https://api.github.com`. */
  readonly apiBaseUrl?: string;
}

/** Where a repository is and how to get in. */
export interface GitAccess {
  readonly url: string;
  readonly username?: string;
  readonly password?: Secret;
  readonly bearerToken?: Secret;
  readonly sshPrivateKey?: Secret;
  readonly githubApp?: GithubAppAccess;
  /** PEM bundle that replaces the system's authorities for this host. */
  readonly caPem?: string;
  readonly clientCert?: string;
  readonly clientKey?: Secret;
  /** Accept any certificate or host key, and allow plain `http://` beyond loopback. */
  readonly insecure?: boolean;
  readonly proxy?: string;
  /** Comma-separated hosts that are reached without the proxy. */
  readonly noProxy?: string;
  /** Lines of an OpenSSH known_hosts file; without them no SSH host is trusted. */
  readonly knownHosts?: string;
  readonly enableLfs?: boolean;
  /** Follow submodules when the tree is read or materialised. */
  readonly submodules?: boolean;
}
