import { everyItem } from './ignore-rule.ts';
import type { ItemFilter, PathPattern, PathSegment } from './ignore-rule.ts';

/**
 * Reads the jq expressions that nearly every rule uses: `.spec.replicas`, `.spec.template.spec.containers[].image`,
 * `.a["b/c"][0]`, and `… | select(.name == "x") | .image`. Undefined for everything else: that is jq's.
 */
export function parsePathExpression(expression: string): PathPattern | undefined {
  const pattern: (PathSegment | ItemFilter)[] = [];
  let rest = expression.trim();
  while (rest !== '') {
    const stage = takeSelect(rest) ?? takePath(rest);
    if (stage === undefined) return undefined;
    pattern.push(...stage.parts);
    const joined = afterJoin(rest.slice(stage.length));
    if (joined === undefined) return undefined;
    rest = joined;
  }
  return pattern.some((part) => !isFilter(part)) ? pattern : undefined;
}

export function isFilter(part: PathSegment | ItemFilter): part is ItemFilter {
  return typeof part === 'object';
}

interface Stage {
  readonly parts: PathPattern;
  readonly length: number;
}

/** What follows a stage: the end, a pipe with more behind it, or a path right after `select(…)`. */
function afterJoin(rest: string): string | undefined {
  const trimmed = rest.trim();
  if (trimmed === '' || trimmed.startsWith('.')) return trimmed;
  if (!trimmed.startsWith('|')) return undefined;
  const next = trimmed.slice(1).trim();
  return next === '' ? undefined : next;
}

const selectPattern =
  /^select\(\s*(\.[^\s=!|()]*|\."(?:[^"\\]|\\.)*")\s*(==|!=)\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)\s*\)/;

function takeSelect(text: string): Stage | undefined {
  const match = selectPattern.exec(text);
  if (match === null) return undefined;
  const [whole, pathText = '', operator, literal = ''] = match;
  const path = takePath(pathText);
  if (path === undefined || path.length !== pathText.length) return undefined;
  const steps = path.parts.filter((part) => typeof part === 'string' || typeof part === 'number');
  if (steps.length !== path.parts.length) return undefined;
  const equals = parseLiteral(literal);
  if (equals === undefined) return undefined;
  return { parts: [{ path: steps, equals, isNegated: operator === '!=' }], length: whole.length };
}

const segmentPattern =
  /^(?:\.([A-Za-z_][A-Za-z0-9_]*)|\.?\[\s*("(?:[^"\\]|\\.)*")\s*\]|\.("(?:[^"\\]|\\.)*")|\.?\[\s*(-?\d+)\s*\]|\.?(\[\s*\]))\??/;

function takePath(text: string): Stage | undefined {
  if (!text.startsWith('.')) return undefined;
  const parts: PathSegment[] = [];
  let length = 0;
  for (;;) {
    const match = segmentPattern.exec(text.slice(length));
    if (match === null) break;
    const segment = segmentOf(match);
    if (segment === undefined) return undefined;
    parts.push(segment);
    length += match[0].length;
  }
  // A lone dot is the identity: `. | .spec`.
  return length === 0 ? identity(text) : { parts, length };
}

function identity(text: string): Stage | undefined {
  return /^\.\s*(\||$)/.test(text) ? { parts: [], length: 1 } : undefined;
}

function segmentOf([, name, bracketed, quoted, index]: RegExpExecArray): PathSegment | undefined {
  if (name !== undefined) return name;
  const text = bracketed ?? quoted;
  if (text !== undefined) {
    const value = parseLiteral(text);
    return typeof value === 'string' ? value : undefined;
  }
  return index === undefined ? everyItem : Number(index);
}

/** jq strings are JSON strings plus `\(…)`, which is no literal. */
function parseLiteral(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
