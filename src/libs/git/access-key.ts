import { sha256 } from '#base/hash';
import type { Secret } from '#base/secret';
import type { GitAccess } from './git-access.ts';

/** Identifies a URL together with everything that decides how it is reached. */
export function accessKey(access: GitAccess): string {
  const reveal = (secret: Secret | undefined) => secret?.reveal();
  return sha256(
    JSON.stringify([
      access.url.trim(),
      access.username,
      reveal(access.password),
      reveal(access.bearerToken),
      reveal(access.sshPrivateKey),
      access.githubApp && { ...access.githubApp, privateKey: access.githubApp.privateKey.reveal() },
      [access.caPem, access.clientCert, reveal(access.clientKey), access.insecure],
      [access.proxy, access.noProxy, access.knownHosts],
    ]),
  );
}
