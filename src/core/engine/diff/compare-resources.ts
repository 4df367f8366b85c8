import type { JqAnswer, JqPathFinder, JqQuestion } from '../normalize/ignore-rule.ts';
import type { CompareInput, Comparison } from './comparison.ts';
import { draftComparison } from './compare-resource.ts';
import type { Draft, JqPaths } from './settle.ts';
import { settle } from './settle.ts';

/**
 * Compares many objects; one call of jq answers for all that differ and have rules that need it. Without `jq` such rules make a
 * difference Unknown instead of guessing.
 */
export async function compareResources(
  inputs: readonly CompareInput[],
  jq?: JqPathFinder,
): Promise<readonly Comparison[]> {
  const drafts = inputs.map(draftComparison);
  const pending = drafts.flatMap((draft, index) => ('forecast' in draft ? pendingOf(draft, index) : []));
  const answers =
    pending.length === 0 || jq === undefined ? [] : await jq.findPaths(pending.map((one) => one.question));
  return drafts.map((draft, index) => {
    if (!('forecast' in draft)) return draft;
    const mine = pending.flatMap((one, n) =>
      one.index === index ? [{ side: one.side, answer: answers[n] ?? noJq }] : [],
    );
    return finish(draft, mine);
  });
}

interface Pending {
  readonly index: number;
  readonly side: 'predicted' | 'live';
  readonly question: JqQuestion;
}

const noJq: JqAnswer = { problem: 'error', message: 'jq is not available' };

function pendingOf(draft: Draft, index: number): readonly Pending[] {
  const expressions = draft.input.rules?.forObject(draft.live).jq ?? [];
  return expressions.flatMap((expression): readonly Pending[] => [
    { index, side: 'predicted', question: { expression, value: draft.forecast.predicted } },
    { index, side: 'live', question: { expression, value: draft.live } },
  ]);
}

function finish(draft: Draft, answers: readonly { side: Pending['side']; answer: JqAnswer }[]): Comparison {
  const paths: JqPaths[] = [];
  for (const { side, answer } of answers) {
    if ('problem' in answer) {
      // An expression that fails on one object (iterating over null) names nothing there; a hanging one says nothing at all.
      if (answer.problem === 'timeout' || answer === noJq) return undecided(draft, answer.message);
      continue;
    }
    paths.push({ predicted: [], live: [], [side]: answer.paths });
  }
  return settle(draft, paths);
}

function undecided({ base }: Draft, message: string): Comparison {
  return {
    ...base,
    state: 'Unknown',
    verdict: {
      code: 'ignore-rule-failed',
      parameters: { message },
      sentence: `The object cannot be compared, because an ignore rule could not be evaluated: ${message}.`,
    },
  };
}
