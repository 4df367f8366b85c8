import { describe, expect, it } from 'vitest';
import { decideRefresh } from './decide-refresh.ts';
import type { RefreshInput } from './decide-refresh.ts';

const calm: RefreshInput = {
  application: { metadata: { name: 'a' } },
  specHash: 's',
  last: { specHash: 's', revisionsKey: 'r', renderedAtMs: 0 },
  revisionsKey: 'r',
  changedResources: 0,
  isForced: false,
  nowMs: 1000,
  hardIntervalMs: 0,
};

describe('decideRefresh', () => {
  it.each([
    ['nothing without news', {}, { type: 'none' }],
    ['only what a watch reported', { changedResources: 2 }, { type: 'resources' }],
    ['all on a first look', { last: undefined }, { type: 'full', noCache: false, reason: 'first look' }],
    ['all on a new revision', { revisionsKey: 'r2' }, { type: 'full', noCache: false, reason: 'new revision' }],
    [
      'all on a new specification',
      { specHash: 's2' },
      { type: 'full', noCache: false, reason: 'changed specification' },
    ],
    ['all when asked', { isForced: true }, { type: 'full', noCache: false, reason: 'asked' }],
    [
      'a fresh render after the hard interval',
      { hardIntervalMs: 500 },
      { type: 'full', noCache: true, reason: 'hard interval' },
    ],
  ])('looks at %s', (_what, change, expected) => {
    expect(decideRefresh({ ...calm, ...change })).toEqual(expected);
  });

  it('obeys the annotation', () => {
    const annotated = (value: string) => ({ metadata: { annotations: { 'argocd.argoproj.io/refresh': value } } });
    expect(decideRefresh({ ...calm, application: annotated('normal') })).toMatchObject({
      type: 'full',
      noCache: false,
    });
    expect(decideRefresh({ ...calm, application: annotated('hard') })).toMatchObject({ type: 'full', noCache: true });
  });
});
