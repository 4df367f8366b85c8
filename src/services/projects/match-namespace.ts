import { matchGlob } from '#base/glob';
import { RE2JS } from 're2js';

/** A namespace list of settings or a project: globs, or `/regular expression/` (`compatibility.md` b.1). */
export function matchNamespace(patterns: readonly string[], namespace: string): boolean {
  return patterns.some((pattern) => {
    if (pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/')) {
      return matchRegex(pattern.slice(1, -1), namespace);
    }
    return matchGlob(pattern, namespace);
  });
}

/** Linear in the text: a pattern that users write must not block the process. */
function matchRegex(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(text).find();
  } catch {
    return false;
  }
}
