import type { ChartRepositoryAccess } from '#libs/helm';
import type { RepositoryAccess } from '#services/credentials';

/** Charts come as OCI artifacts: the repository says so, or its URL does. */
export function isOciRepository({ url, enableOci }: RepositoryAccess): boolean {
  return enableOci === true || url.startsWith('oci://');
}

/** Where the chart is in a registry. */
export function chartUrl({ url }: RepositoryAccess, name: string): string {
  return `${url.replace(/\/+$/, '')}/${name}`;
}

/** What the Helm library wants to know. */
export function toChartAccess(access: RepositoryAccess, passCredentials = false): ChartRepositoryAccess {
  const { url, username, password, caPem, clientCert, clientKey, insecure, proxy, noProxy } = access;
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(caPem === undefined ? {} : { caPem }),
    ...(clientCert === undefined ? {} : { clientCert }),
    ...(clientKey === undefined ? {} : { clientKey }),
    ...(insecure === undefined ? {} : { insecure }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
    ...(passCredentials ? { passCredentials } : {}),
  };
}
