import type { PathSegment } from './ignore-rule.ts';

/** The segments of an RFC 6901 pointer; undefined when the text is none. The whole document ("") cannot be ignored. */
export function parseJsonPointer(pointer: string): readonly PathSegment[] | undefined {
  if (!pointer.startsWith('/')) return undefined;
  const tokens = pointer.slice(1).split('/');
  if (tokens.some((token) => /~(?![01])/.test(token))) return undefined;
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
