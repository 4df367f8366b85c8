import type { GitAccess } from './git-access.ts';
import { isSameOrigin } from './remote-url.ts';

/** Credentials go along to a submodule only when it lives on the same server and is reached the same way. */
export function submoduleAccess(parent: GitAccess, url: string): GitAccess {
  const { enableLfs, submodules, knownHosts, proxy, noProxy } = parent;
  const areUrls = URL.canParse(parent.url) && URL.canParse(url);
  const isSameServer = areUrls ? isSameOrigin(parent.url, url) : sshHost(parent.url) === sshHost(url);
  if (isSameServer) return { ...parent, url };
  return {
    url,
    ...(enableLfs ? { enableLfs } : {}),
    ...(submodules ? { submodules } : {}),
    ...(knownHosts ? { knownHosts } : {}),
    ...(proxy ? { proxy } : {}),
    ...(noProxy ? { noProxy } : {}),
  };
}

/** `user@host` of the scp form; a text that cannot be one is its own host, equal to nothing else. */
function sshHost(url: string): string {
  return /^(?:ssh:\/\/)?([^/:]+)[:/]/.exec(url)?.[1] ?? url;
}
