import { asText } from '../registry/strategies/fields.ts';
import { isRecord } from '#base/json';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly field: readonly string[]; readonly operator: string; readonly value: string };

const stepPattern =
  /\.?\[\?\(@\.?([^)=!<>\s]*)\s*(?:(==|!=)\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^)]*))?\)\]|\.?\['([^']*)'\]|\.?\[(-?\d+)\]|\.?\[(\*)\]|\.(\*)|\.((?:[^.[\]\\]|\\.)+)/y;

/** A compiled Kubernetes JSONPath of a printer column: fields, indexes, `[*]` and `[?(@.a=="b")]`. */
export function compileJsonPath(path: string): (object: unknown) => readonly unknown[] {
  const steps = parseSteps(path.startsWith('.') || path.startsWith('[') ? path : `.${path}`);
  return (object) =>
    steps.reduce<readonly unknown[]>((values, step) => values.flatMap((value) => follow(value, step)), [object]);
}

function parseSteps(path: string): readonly Step[] {
  const steps: Step[] = [];
  stepPattern.lastIndex = 0;
  for (let match = stepPattern.exec(path); match !== null; match = stepPattern.exec(path)) {
    const [, filter, operator = 'exists', value = '', quoted, index, star, dotStar, name] = match;
    if (filter !== undefined) steps.push({ kind: 'filter', field: filter.split('.'), operator, value: unquote(value) });
    else if (quoted !== undefined) steps.push({ kind: 'field', name: quoted });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (star !== undefined || dotStar !== undefined) steps.push({ kind: 'all' });
    else steps.push({ kind: 'field', name: (name ?? '').replace(/\\(.)/g, '$1') });
  }
  return steps;
}

function unquote(text: string): string {
  return text.trim().replace(/^["'](.*)["']$/s, '$1');
}

function follow(value: unknown, step: Step): readonly unknown[] {
  switch (step.kind) {
    case 'field':
      return isRecord(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case 'index': {
      if (!Array.isArray(value)) return [];
      const found = (value as unknown[]).at(step.index);
      return found === undefined ? [] : [found];
    }
    case 'all':
      return Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [];
    case 'filter':
      return Array.isArray(value) ? (value as unknown[]).filter((one) => matches(one, step)) : [];
  }
}

function matches(item: unknown, { field, operator, value }: Extract<Step, { kind: 'filter' }>): boolean {
  let found: unknown = item;
  for (const name of field) found = isRecord(found) ? found[name] : undefined;
  if (operator === 'exists') return found !== undefined;
  return (asText(found) === value) === (operator === '==');
}
