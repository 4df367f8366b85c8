import type { KubeObject } from '#libs/kube';
import { isHook, isSkipped } from '../hooks.ts';
import { hasCompareOption, syncOptionValue } from '../resource-options.ts';
import type { Verdict } from '../verdict.ts';
import type { CompareInput, Comparison } from './comparison.ts';
import { predict } from './predict.ts';
import type { Draft } from './settle.ts';
import { settle } from './settle.ts';

/**
 * Compares one object with Git: pure, synchronous, microseconds when in sync. Where rules hold jq expressions, `compareResources`
 * gives the final answer; this one leaves them out.
 */
export function compareResource(input: CompareInput): Comparison {
  const draft = draftComparison(input);
  return 'forecast' in draft ? settle(draft, []) : draft;
}

/** A finished comparison, or what is left to settle with the rules. */
export function draftComparison(input: CompareInput): Comparison | Draft {
  const { desired, live } = input;
  if (desired === undefined) return live === undefined ? absent : extraneous(live, input);
  const confirms = asksConfirmation(live) || asksConfirmation(desired);
  if (desired.metadata.annotations !== undefined && isHook(desired)) return hook(live !== undefined, confirms);
  const base = { ...plain, isCounted: !isSkipped(desired), requiresDeletionConfirmation: confirms };
  if (live === undefined) return { ...base, state: 'OutOfSync', verdict: missing };
  const forecast = predict(desired, live, input);
  switch (forecast.type) {
    case 'unchanged':
      // Nearly all comparisons end here: they share one answer.
      return base.isCounted && !confirms ? synced : { ...base, state: 'Synced', verdict: inSync };
    case 'invalid':
      return { ...base, state: 'OutOfSync', verdict: refused(forecast.problems) };
    default:
      return { base, forecast, live, input };
  }
}

const plain = {
  isCounted: true,
  isHook: false,
  requiresPruning: false,
  requiresDeletionConfirmation: false,
  differences: [],
  ignored: [],
} as const;

function verdict(code: string, sentence: string): Verdict {
  return Object.freeze({ code, parameters: {}, sentence });
}

const inSync = verdict('in-sync', 'The live object holds what Git says.');
const synced: Comparison = Object.freeze({ ...plain, state: 'Synced', verdict: inSync });
const missing = verdict('missing', 'The object is in Git but not in the cluster.');
const notInGit = verdict('not-in-git', 'The application owns the object, but Git does not hold it (any more).');
const extraneousIgnored = verdict(
  'extraneous-ignored',
  'Git does not hold the object; its compare option IgnoreExtraneous keeps that from counting.',
);
const copiedMark = verdict('copied-mark', 'The tracking mark was copied from another object: this one is not managed.');
const hookVerdict = verdict('hook', 'Hooks run during a sync; they are neither in nor out of sync.');
const skipped = verdict('skipped', 'The hook annotation Skip takes the object out of sync and prune.');

const absent: Comparison = {
  ...plain,
  state: 'Synced',
  verdict: verdict('absent', 'Neither Git nor the cluster holds it.'),
};

function refused(problems: readonly string[]): Verdict {
  return {
    code: 'invalid',
    parameters: { problems: problems.length, first: problems[0] ?? '' },
    sentence: `The API server would refuse the object: ${problems.join('; ')}.`,
  };
}

function hook(isLive: boolean, requiresDeletionConfirmation: boolean): Comparison {
  return {
    ...plain,
    isHook: true,
    isCounted: false,
    // Argo CD's rows of live hooks say so (`docs/compatibility.md`, status.resources).
    requiresPruning: isLive,
    requiresDeletionConfirmation,
    verdict: hookVerdict,
  };
}

function extraneous(live: KubeObject, { isSelfReference = true }: CompareInput): Comparison {
  const confirms = asksConfirmation(live);
  if (isHook(live)) return hook(true, confirms);
  const base = { ...plain, state: 'OutOfSync' as const, requiresDeletionConfirmation: confirms };
  if (!isSelfReference) return { ...base, isCounted: false, verdict: copiedMark };
  if (isSkipped(live)) return { ...base, isCounted: false, verdict: skipped };
  if (hasCompareOption(live, 'IgnoreExtraneous')) {
    return { ...base, requiresPruning: true, isCounted: false, verdict: extraneousIgnored };
  }
  return { ...base, requiresPruning: true, verdict: notInGit };
}

function asksConfirmation(object: KubeObject | undefined): boolean {
  if (object?.metadata.annotations === undefined) return false;
  return syncOptionValue(object, 'Prune') === 'confirm' || syncOptionValue(object, 'Delete') === 'confirm';
}
