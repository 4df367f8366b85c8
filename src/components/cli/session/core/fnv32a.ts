/** FNV-1a over UTF-8, 32 bits, as an unsigned number: how Argo CD names its Secrets (`compatibility.md` h.5). */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash;
}
