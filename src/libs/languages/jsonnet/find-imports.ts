/** Something that a Jsonnet file imports, by the text of its literal. */
export interface JsonnetImport {
  readonly path: string;
  readonly type: 'import' | 'importstr' | 'importbin';
}

const gap = String.raw`(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n|#[^\n]*\n)*`;
const literal = String.raw`(@?)("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')`;

/**
 * All imports of a Jsonnet text. The language permits nothing but a string literal there, so the list is complete; it may
 * hold more, since what stands in comments and strings is found too. Pure.
 */
export function findImports(text: string): JsonnetImport[] {
  const found: JsonnetImport[] = [];
  for (const match of text.matchAll(new RegExp(`\\b(import(?:str|bin)?)\\b${gap}${literal}`, 'g'))) {
    const [, type, verbatim, quoted = ''] = match;
    const body = quoted.slice(1, -1);
    found.push({ type: type as JsonnetImport['type'], path: verbatim ? body : unescape(body) });
  }
  return found;
}

function unescape(body: string): string {
  return body.replaceAll(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_whole, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[code] ?? code;
  });
}
