import { matchGlob } from '#base/glob';

/** True for a pattern that forbids (`!pattern`). */
export function isDenial(pattern: string): boolean {
  return pattern.startsWith('!');
}

/** One pattern of a project, negated by a leading `!`; `*` alone is everything (`compatibility.md` b.2). */
export function matchPattern(pattern: string, text: string, separator?: string): boolean {
  if (isDenial(pattern)) return !matchGlob(pattern.slice(1), text, separator);
  return pattern === '*' || matchGlob(pattern, text, separator);
}
