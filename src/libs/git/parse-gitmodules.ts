/** Paths of submodules with the URLs that `.gitmodules` gives them. */
export function parseGitmodules(text: string): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const section of text.split(/^\s*\[submodule\b[^\]]*\]\s*$/m).slice(1)) {
    const value = (key: string) =>
      new RegExp(`^\\s*${key}\\s*=\\s*(.*?)\\s*$`, 'm').exec(section)?.[1]?.replace(/^"(.*)"$/, '$1');
    const path = value('path')?.replace(/\/+$/, '');
    const url = value('url');
    if (path && url) urls.set(path, url);
  }
  return urls;
}

/** A submodule's URL as it stands, or resolved against the parent's when it starts with `./` or `../`. */
export function resolveSubmoduleUrl(parentUrl: string, url: string): string {
  if (!/^\.\.?\//.test(url)) return url;
  const separated = /^((?:[a-z][a-z0-9+.-]*:\/\/)?[^/:]+(?::\d+(?=\/))?[:/])(.*)$/i.exec(parentUrl.replace(/\/+$/, ''));
  const [, root = '', path = ''] = separated ?? [];
  const names = path.split('/').filter(Boolean);
  for (const step of url.split('/')) {
    if (step === '..') names.pop();
    else if (step !== '.' && step !== '') names.push(step);
  }
  return root + names.join('/');
}
