import { badRequest } from '../answers/api-errors.ts';
import { checkQualifiedName } from '../validation/names.ts';

type Labels = Readonly<Record<string, string>>;
type Requirement = (labels: Labels) => boolean;

/** A parsed label selector: every requirement must hold. */
export type LabelSelector = (labels: Labels | undefined) => boolean;

const tokenPattern = /\s*(==|!=|=|!|,|\(|\)|<|>|[^\s=!,()<>]+)/y;
const operators = 'in, notin, =, ==, !=, gt, lt';
const none: Labels = Object.freeze({});

/** Parses `a=b,c in (d,e),!f,g>1`; throws 400 with the server's words. An empty text selects everything. */
export function parseLabelSelector(text: string): LabelSelector | undefined {
  const tokens = tokenize(text);
  if (tokens.length === 0) return undefined;
  const requirements: Requirement[] = [];
  const cursor = new Cursor(tokens);
  for (;;) {
    requirements.push(parseRequirement(cursor));
    const separator = cursor.next();
    if (separator === undefined) break;
    if (separator !== ',') throw badRequest(`found '${separator}', expected: ',' or 'end of string'`);
    if (cursor.peek() === undefined) throw badRequest(`found '', expected: identifier after ','`);
  }
  return (labels) => requirements.every((requirement) => requirement(labels ?? none));
}

class Cursor {
  readonly #tokens: readonly string[];
  #index = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  peek(): string | undefined {
    return this.#tokens[this.#index];
  }

  next(): string | undefined {
    return this.#tokens[this.#index++];
  }
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  for (let match = tokenPattern.exec(text); match !== null; match = tokenPattern.exec(text)) {
    tokens.push(match[1] as string);
  }
  return tokens;
}

function parseRequirement(cursor: Cursor): Requirement {
  const negated = cursor.peek() === '!';
  if (negated) cursor.next();
  const key = cursor.next();
  if (key === undefined || !/^[^=!,()<>]/.test(key))
    throw badRequest(`found '${key ?? ''}', expected: !, identifier, or 'end of string'`);
  checkKey(key);
  if (negated) return (labels) => !Object.hasOwn(labels, key);
  const operator = cursor.peek();
  if (operator === undefined || operator === ',') return (labels) => Object.hasOwn(labels, key);
  cursor.next();
  return parseComparison(key, operator, cursor);
}

function parseComparison(key: string, operator: string, cursor: Cursor): Requirement {
  switch (operator) {
    case '=':
    case '==': {
      const value = parseValue(cursor);
      return (labels) => own(labels, key) === value;
    }
    case '!=': {
      const value = parseValue(cursor);
      return (labels) => own(labels, key) !== value;
    }
    case 'in': {
      const values = parseValues(cursor);
      return (labels) => values.has(own(labels, key) ?? '') && Object.hasOwn(labels, key);
    }
    case 'notin': {
      const values = parseValues(cursor);
      return (labels) => !Object.hasOwn(labels, key) || !values.has(own(labels, key) ?? '');
    }
    case '>':
    case 'gt': {
      const bound = parseNumber(key, parseValue(cursor));
      return (labels) => Object.hasOwn(labels, key) && Number(own(labels, key)) > bound;
    }
    case '<':
    case 'lt': {
      const bound = parseNumber(key, parseValue(cursor));
      return (labels) => Object.hasOwn(labels, key) && Number(own(labels, key)) < bound;
    }
    default:
      throw unparsable(`found '${operator}', expected: ${operators}`);
  }
}

function own(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function parseValue(cursor: Cursor): string {
  const value = cursor.peek();
  if (value === undefined || value === ',') return '';
  if (/^[=!()<>]/.test(value)) throw unparsable(`found '${value}', expected: identifier`);
  cursor.next();
  checkValue(value);
  return value;
}

function parseValues(cursor: Cursor): Set<string> {
  const open = cursor.next();
  if (open !== '(') throw unparsable(`found '${open ?? ''}' expected: '('`);
  const values = new Set<string>();
  let needsValue = true;
  for (;;) {
    const token = cursor.next();
    if (token === undefined) throw unparsable("found '', expected: ',' or ')'");
    if (token === ')') {
      if (needsValue) values.add('');
      return values;
    }
    if (token === ',') {
      if (needsValue) values.add('');
      needsValue = true;
    } else {
      checkValue(token);
      values.add(token);
      needsValue = false;
    }
  }
}

function parseNumber(key: string, value: string): number {
  if (/^-?\d+$/.test(value)) return Number(value);
  throw badRequest(
    `values[0][${key}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
  );
}

function checkKey(key: string): void {
  const [problem] = checkQualifiedName(key);
  if (problem !== undefined) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
}

function checkValue(value: string): void {
  if (value.length <= 63 && /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value)) return;
  throw badRequest(
    `unable to parse requirement: values[0]: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  );
}

function unparsable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}
