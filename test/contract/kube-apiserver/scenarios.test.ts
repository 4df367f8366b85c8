import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownDifferences } from './known-differences.ts';
import { readRecording } from './recording.ts';
import type { Story } from './scenarios.ts';
import { scenarios } from './scenarios.ts';
import type { Target } from './targets.ts';
import { assets, embeddedTarget, realTarget } from './targets.ts';

const names = Object.keys(scenarios) as (keyof typeof scenarios)[];

describe('embedded API server: scenarios recorded from the real one', () => {
  let target: Target;

  beforeAll(async () => {
    target = await embeddedTarget();
  });
  afterAll(() => target[Symbol.asyncDispose]());

  test.each(names)('%s', async (name) => {
    const recorded = readRecording(name) as Story;
    const told = await scenarios[name](target.http);
    const isOpen = ({ step }: { step: string }) => !knownDifferences.has(`${name}: ${step}`);
    expect(told.filter(isOpen)).toEqual(recorded.filter(isOpen));
  });
});

describe.skipIf(assets === undefined)('real API server (needs KUBEBUILDER_ASSETS)', () => {
  test.each(names)('%s is still what is recorded', async (name) => {
    await using target = await realTarget(assets ?? '');
    expect(await scenarios[name](target.http)).toEqual(readRecording(name));
  });
});
