import type { Environment } from '@marcbachmann/cel-js';
import { celEnvironment } from './cel-environment.ts';

export interface CelResult {
  /** undefined when evaluation failed. */
  readonly value?: unknown;
  /** Why evaluation failed. */
  readonly problem?: string;
}

export interface CelProblem {
  readonly problem: string;
}

export interface CelProgram {
  /** Variables are JSON: whole numbers are ints. */
  evaluate(variables: Readonly<Record<string, unknown>>): CelResult;
  /** True when the expression names the variable. */
  uses(variable: string): boolean;
}

let environment: Environment | undefined;

export function compileCel(expression: string): CelProgram | CelProblem {
  environment ??= celEnvironment();
  try {
    const program = environment.parse(expression);
    return {
      uses: (variable) => new RegExp(`(^|[^.\\w])${variable}\\b`).test(expression),
      evaluate(variables) {
        try {
          const context = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, toCel(value)]));
          return { value: program(context) as unknown };
        } catch (error) {
          return { problem: firstLine(error) };
        }
      },
    };
  } catch (error) {
    return { problem: firstLine(error) };
  }
}

/** JSON as CEL sees it: whole numbers are ints. */
function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (value === null || typeof value !== 'object') return value;
  const converted: Record<string, unknown> = {};
  for (const key of Object.keys(value)) converted[key] = toCel((value as Record<string, unknown>)[key]);
  return converted;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? '';
}
