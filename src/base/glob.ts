/**
 * Globs as Argo CD's policies write them: `*`, `?`, `[abc]`, `[!a-z]`, `{a,b}`, and `**` when a separator is given (then
 * `*` and `?` stop at it). Matching is linear in pattern × text: no pattern can block the process.
 */
export type GlobMatcher = (text: string) => boolean;

type Token =
  | { readonly type: 'text'; readonly char: string }
  | { readonly type: 'any' }
  | { readonly type: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] }
  | { readonly type: 'star'; readonly crosses: boolean };

const maxPattern = 1024;
const maxAlternatives = 256;

/** Compiles a glob. Throws a RangeError for a pattern that is too long or expands to too many alternatives. */
export function compileGlob(pattern: string, separator?: string): GlobMatcher {
  if (pattern.length > maxPattern) throw new RangeError(`Glob is longer than ${maxPattern} characters.`);
  const alternatives = expandBraces(pattern).map((p) => tokenize(p, separator));
  return (text) => alternatives.some((tokens) => matchTokens(tokens, text, separator));
}

/** Whether `text` matches `pattern`; a pattern that does not compile matches only itself. */
export function matchGlob(pattern: string, text: string, separator?: string): boolean {
  try {
    return compileGlob(pattern, separator)(text);
  } catch {
    return pattern === text;
  }
}

function expandBraces(pattern: string): string[] {
  const open = findUnescaped(pattern, '{', 0);
  if (open < 0) return [pattern];
  let depth = 0;
  const cuts: number[] = [open];
  for (let i = open; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i++;
    else if (char === '{') depth++;
    else if (char === ',' && depth === 1) cuts.push(i);
    else if (char === '}' && --depth === 0) {
      cuts.push(i);
      const head = pattern.slice(0, open);
      const tails = expandBraces(pattern.slice(i + 1));
      const options = cuts.slice(0, -1).flatMap((cut, n) => expandBraces(pattern.slice(cut + 1, cuts[n + 1])));
      if (options.length * tails.length > maxAlternatives)
        throw new RangeError(`Glob expands to more than ${maxAlternatives} alternatives.`);
      return options.flatMap((option) => tails.map((tail) => head + option + tail));
    }
  }
  return [pattern];
}

function findUnescaped(text: string, char: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === char) return i;
  }
  return -1;
}

function tokenize(pattern: string, separator: string | undefined): Token[] {
  const tokens: Token[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === '\\' && i + 1 < chars.length) tokens.push({ type: 'text', char: chars[++i] as string });
    else if (char === '?') tokens.push({ type: 'any' });
    else if (char === '*') {
      let stars = 1;
      while (chars[i + 1] === '*') {
        stars++;
        i++;
      }
      tokens.push({ type: 'star', crosses: separator === undefined || stars > 1 });
    } else if (char === '[') {
      const end = chars.indexOf(']', i + 2);
      if (end < 0) tokens.push({ type: 'text', char });
      else {
        let body = chars.slice(i + 1, end);
        const negated = body[0] === '!' || body[0] === '^';
        if (negated) body = body.slice(1);
        const ranges: [string, string][] = [];
        for (let j = 0; j < body.length; j++) {
          if (body[j + 1] === '-' && j + 2 < body.length) {
            ranges.push([body[j] as string, body[j + 2] as string]);
            j += 2;
          } else ranges.push([body[j] as string, body[j] as string]);
        }
        tokens.push({ type: 'class', negated, ranges });
        i = end;
      }
    } else tokens.push({ type: 'text', char });
  }
  return tokens;
}

/** Set-of-positions simulation: every position of the pattern that the text read so far can stand at. */
function matchTokens(tokens: readonly Token[], text: string, separator: string | undefined): boolean {
  let positions = closure(new Set([0]), tokens);
  for (const char of text) {
    const next = new Set<number>();
    for (const at of positions) {
      const token = tokens[at];
      if (token === undefined) continue;
      if (token.type === 'star') {
        if (token.crosses || char !== separator) next.add(at);
      } else if (matchesChar(token, char, separator)) next.add(at + 1);
    }
    if (next.size === 0) return false;
    positions = closure(next, tokens);
  }
  return positions.has(tokens.length);
}

function closure(positions: Set<number>, tokens: readonly Token[]): Set<number> {
  for (const at of positions) if (tokens[at]?.type === 'star') positions.add(at + 1);
  return positions;
}

function matchesChar(token: Token, char: string, separator: string | undefined): boolean {
  if (token.type === 'text') return token.char === char;
  if (token.type === 'any') return char !== separator;
  if (token.type === 'class') return token.ranges.some(([low, high]) => char >= low && char <= high) !== token.negated;
  return false;
}
