import { canonicalJson } from '#base/hash';

// No vowels and no characters that look alike: a name made of these spells nothing.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a over 32 bits. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Renders a number in characters that are safe at the end of an object's name. */
function safeEncode(hash: number): string {
  return Array.from(String(hash), (digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');
}

/** A stable short hash of a template; `collisionCount` moves it on when two templates share one. */
export function hashTemplate(template: unknown, collisionCount = 0): string {
  return safeEncode(fnv32a(canonicalJson(template) + (collisionCount > 0 ? String(collisionCount) : '')));
}
