import { toWindlassError } from '#base/errors';
import { stringifyExact } from '#base/json';
import type { JqRunner } from './jq-runner.ts';

export interface PathQuestion {
  /** A jq path expression: what could stand in `del(…)`. */
  readonly expression: string;
  /** A JSON value. */
  readonly value: unknown;
}

export type PathAnswer =
  | { readonly paths: readonly (readonly (string | number)[])[] }
  | { readonly problem: 'timeout' | 'error'; readonly message: string };

/**
 * The concrete paths that expressions name in values, one answer per question in order. Questions with the same expression are
 * one run of jq; an expression that fails on one value, or hangs, leaves the others alone.
 */
export async function findJqPaths(
  runner: JqRunner,
  questions: readonly PathQuestion[],
): Promise<readonly PathAnswer[]> {
  const answers = new Map<PathQuestion, PathAnswer>();
  for (const [expression, group] of Map.groupBy(questions, (question) => question.expression)) {
    const found = await answerGroup(runner, expression, group);
    for (const [index, question] of group.entries()) answers.set(question, found[index] ?? noAnswer);
  }
  return questions.map((question) => answers.get(question) ?? noAnswer);
}

const noAnswer: PathAnswer = { problem: 'error', message: 'jq gave no answer' };

interface Line {
  readonly paths?: readonly (readonly (string | number)[])[];
  readonly error?: string;
}

async function answerGroup(
  runner: JqRunner,
  expression: string,
  group: readonly PathQuestion[],
): Promise<readonly PathAnswer[]> {
  // The line break ends a comment that the expression may end with.
  const program = `[.[] | try {paths: [path(${expression}\n)]} catch {error: tostring}]`;
  const input = stringifyExact(group.map((question) => question.value));
  try {
    const lines = JSON.parse(await runner.run(program, input)) as readonly Line[];
    return lines.map(({ paths, error }) =>
      paths === undefined ? { problem: 'error', message: error ?? '' } : { paths },
    );
  } catch (error) {
    const { code, message } = toWindlassError(error);
    return group.map(() => ({ problem: code === 'JQ_TIMEOUT' ? 'timeout' : 'error', message }));
  }
}
