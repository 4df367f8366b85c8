/** Paths of object keys that stand twice in a JSON text, as strict decoding names them. The text must be valid JSON. */
export function findDuplicateFields(text: string): readonly string[] {
  const found: string[] = [];
  const stack: { keys: Set<string> | undefined; path: string; index: number; key: string }[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    const top = stack.at(-1);
    if (c === 0x22) {
      const end = closingQuote(text, i);
      if (top?.keys && isKey(text, end)) {
        const key = JSON.parse(text.slice(i, end + 1)) as string;
        if (top.keys.has(key)) found.push(childPath(top.path, key));
        top.keys.add(key);
        top.key = key;
      }
      i = end + 1;
      continue;
    }
    if (c === 0x7b || c === 0x5b) {
      const path = top ? (top.keys ? childPath(top.path, top.key) : `${top.path}[${top.index}]`) : '';
      stack.push({ keys: c === 0x7b ? new Set() : undefined, path, index: 0, key: '' });
    } else if (c === 0x7d || c === 0x5d) stack.pop();
    else if (c === 0x2c && top) top.index++;
    i++;
  }
  return found;
}

function childPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function closingQuote(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) i += 2;
    else if (c === 0x22) return i;
    else i++;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let i = end + 1;
  while (i < text.length && text.charCodeAt(i) <= 0x20) i++;
  return text.charCodeAt(i) === 0x3a;
}
