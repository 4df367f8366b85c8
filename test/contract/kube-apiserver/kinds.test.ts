import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crossKinds } from './cross-kinds.ts';
import type { Transcript } from './cross-kinds.ts';
import { knownDifferences, timingDependent } from './known-differences.ts';
import { readRecording } from './recording.ts';
import type { Target } from './targets.ts';
import { assets, embeddedTarget, realTarget } from './targets.ts';

const recorded = readRecording('kinds') as Transcript;
const steps = Object.keys(recorded);
/** Steps in which both servers must agree to the letter. */
const exact = steps.filter((step) => !timingDependent.has(step));

describe('embedded API server: every built-in kind with every verb, patch type, dry run, watch and representation', () => {
  let target: Target;
  let answered: Transcript;

  beforeAll(async () => {
    target = await embeddedTarget();
    answered = await crossKinds(target.http, 'cross');
  });
  afterAll(() => target[Symbol.asyncDispose]());

  test('answers every step', () => {
    expect(Object.keys(answered)).toEqual(steps);
  });

  test('answers as the real server did', () => {
    const different = exact.filter((step) => JSON.stringify(answered[step]) !== JSON.stringify(recorded[step]));
    expect(different.filter((step) => !knownDifferences.has(step))).toEqual([]);
  });

  test('the list of known differences holds no step that is answered right', () => {
    const right = exact.filter(
      (step) => knownDifferences.has(step) && JSON.stringify(answered[step]) === JSON.stringify(recorded[step]),
    );
    expect(right).toEqual([]);
  });

  test.each(steps.filter((step) => step.endsWith(': create')))('%s has the real status', (step) => {
    expect(answered[step]?.status).toBe(recorded[step]?.status);
  });
});

describe.skipIf(assets === undefined)('real API server (needs KUBEBUILDER_ASSETS)', () => {
  test('still answers what is recorded', async () => {
    await using target = await realTarget(assets ?? '');
    const answered = await crossKinds(target.http, 'cross');
    const different = exact.filter((step) => JSON.stringify(answered[step]) !== JSON.stringify(recorded[step]));
    expect(different).toEqual([]);
  });
});
