import { describe, expect, it } from 'vitest';
import type { Application } from '#core/api';
import { annotations, formatHold } from '#core/api';
import { hasHold, isHeld } from './is-held.ts';

const hold = formatHold({ by: 'me', at: '2026-01-01T00:00:00Z', reason: '', skipRevisions: ['bad'], historyId: 0 });

function application(marks: Record<string, string>): Application {
  return {
    metadata: {
      name: 'a',
      annotations: { 'windlass.dev/deployments': '{"0":"digest-good","1":"digest-bad"}', ...marks },
    },
    spec: { project: 'default', destination: {} },
    status: {
      history: [
        { id: 0, revision: 'good', deployedAt: '2026-01-01T00:00:00Z' },
        { id: 1, revision: 'bad', deployedAt: '2026-01-01T00:01:00Z' },
      ],
    },
  };
}

describe('isHeld', () => {
  it.each([
    ['the quarantined revision', { revisions: ['bad'], digest: 'digest-bad' }, true],
    ['a later commit with the same manifests', { revisions: ['newer'], digest: 'digest-bad' }, true],
    ['a later commit with other manifests', { revisions: ['newer'], digest: 'digest-new' }, false],
    ['a revision that is not rendered yet', { revisions: ['newer'], digest: undefined }, false],
  ])('%s', (_what, candidate, held) => {
    expect(isHeld(application({ [annotations.hold]: hold }), candidate)).toBe(held);
  });

  it('nothing is held without the annotation, or by text that is no hold', () => {
    expect(isHeld(application({}), { revisions: ['bad'], digest: 'digest-bad' })).toBe(false);
    expect(isHeld(application({ [annotations.hold]: 'yes' }), { revisions: ['bad'], digest: 'digest-bad' })).toBe(
      false,
    );
    expect(hasHold(application({ [annotations.hold]: 'yes' }))).toBe(true);
  });
});
