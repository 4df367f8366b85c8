import { Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';

type Comparable = bigint | number | string;

/** CEL with the string, list, URL and regular-expression functions that Kubernetes adds. */
export function celEnvironment(): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });
  addStrings(environment);
  addLists(environment);
  addNumbers(environment);
  return environment;
}

function addStrings(environment: Environment): void {
  environment.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, to),
  );
  environment.registerFunction('string.charAt(int): string', (text: string, index: bigint) =>
    text.charAt(Number(index)),
  );
  environment.registerFunction(
    'string.find(string): string',
    (text: string, pattern: string) => find(text, pattern)[0] ?? '',
  );
  environment.registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
    find(text, pattern),
  );
  environment.registerFunction('isURL(string): bool', (text: string) => URL.canParse(text));
}

/** User patterns run in linear time. */
function find(text: string, pattern: string): string[] {
  const matcher = RE2JS.compile(pattern).matcher(text);
  const found: string[] = [];
  while (matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

function addLists(environment: Environment): void {
  environment.registerFunction('list.isSorted(): bool', (list: Comparable[]) =>
    list.every((one, i) => i === 0 || (list[i - 1] as Comparable) <= one),
  );
  environment.registerFunction('list.sum(): dyn', (list: (bigint | number)[]) =>
    list.reduce((sum, one) => add(sum, one), 0n as bigint | number),
  );
  environment.registerFunction('list.min(): dyn', (list: Comparable[]) => list.reduce((a, b) => (b < a ? b : a)));
  environment.registerFunction('list.max(): dyn', (list: Comparable[]) => list.reduce((a, b) => (b > a ? b : a)));
  environment.registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) =>
    BigInt(list.indexOf(item)),
  );
}

function add(a: bigint | number, b: bigint | number): bigint | number {
  return typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(a) + Number(b);
}

function addNumbers(environment: Environment): void {
  environment.registerFunction('isQuantity(string): bool', (text: string) =>
    /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]?|[eE][+-]?\d+)$/.test(text),
  );
}
