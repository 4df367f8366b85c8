import { describe, expect, it } from 'vitest';
import type { LiveObject } from '../kinds/live-object.ts';
import type { OwnerState } from './classify-owners.ts';
import { decideDisposal, ownerState } from './classify-owners.ts';

function object(finalizers: string[] = [], deletionTimestamp?: string): LiveObject {
  const metadata = {
    name: 'a',
    uid: 'a',
    resourceVersion: '1',
    finalizers,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

const owner = (state: OwnerState) => ({ reference: { apiVersion: 'v1', kind: 'Pod', name: state, uid: state }, state });

describe('ownerState', () => {
  it('tells gone, waiting and staying owners apart', () => {
    expect(ownerState(undefined)).toBe('absent');
    expect(ownerState(object(['foregroundDeletion'], '2026-01-01T00:00:00Z'))).toBe('waiting');
    expect(ownerState(object(['foregroundDeletion']))).toBe('solid');
    expect(ownerState(object([], '2026-01-01T00:00:00Z'))).toBe('solid');
  });
});

describe('decideDisposal', () => {
  const cases: [string, LiveObject, OwnerState[], boolean, string][] = [
    ['no owner', object(), [], false, 'keep'],
    ['an owner stays', object(), ['solid'], false, 'keep'],
    ['one of two owners is gone', object(), ['solid', 'absent'], false, 'release'],
    ['the only owner is gone', object(), ['absent'], true, 'Background'],
    ['the owner waits and there are dependents', object(), ['waiting'], true, 'Foreground'],
    ['the owner waits and there are none', object(), ['waiting'], false, 'Background'],
    ['gone, but marked to orphan its own', object(['orphan']), ['absent'], true, 'Orphan'],
  ];
  it.each(cases)('%s', (_, subject, states, hasDependents, expected) => {
    const disposal = decideDisposal(subject, states.map(owner), hasDependents);
    expect(disposal.type === 'delete' ? disposal.policy : disposal.type).toBe(expected);
  });
});
