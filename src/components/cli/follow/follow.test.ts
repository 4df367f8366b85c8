import { describe, expect, it } from 'vitest';
import type { Application } from '#core/api';
import { unfinished } from './finish-operation.ts';
import { isSelected, parseResourceSelector } from './resource-selector.ts';
import { findUnmet } from './wait-goal.ts';
import type { WaitGoal } from './wait-goal.ts';

const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };

describe('parseResourceSelector and isSelected', () => {
  it.each([
    [['apps:Deployment:web'], true],
    [['apps:Deployment:shop/web'], true],
    [['apps:Deployment:other/web'], false],
    [['*:*:*'], true],
    [['!apps:Deployment:web'], false],
    [['!:Service:*'], true],
    [['apps:*:*', '!*:*:web'], false],
    [[], true],
  ])('%j selects web: %s', (texts, expected) => {
    expect(isSelected(web, texts.map(parseResourceSelector))).toBe(expected);
  });

  it('another form is a usage error', () => {
    expect(() => parseResourceSelector('Deployment/web')).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

function application(status: Application['status'], operation?: Application['operation']): Application {
  return {
    metadata: { name: 'a' },
    spec: { project: 'default', destination: {} },
    ...(status ? { status } : {}),
    ...(operation ? { operation } : {}),
  };
}

const nothing: WaitGoal = {
  isSynced: false,
  isHealthy: false,
  isSuspended: false,
  isDegraded: false,
  isOperationDone: false,
  isHydrated: false,
  resources: [],
};

describe('findUnmet', () => {
  it('of health, any that was asked for is enough', () => {
    const goal = { ...nothing, isHealthy: true, isDegraded: true };
    expect(findUnmet(application({ health: { status: 'Degraded' } }), goal)).toBeUndefined();
    expect(findUnmet(application({ health: { status: 'Progressing' } }), goal)).toBe(
      'its health is Progressing, not Healthy or Degraded',
    );
  });

  it('is about the named resources only, and a kind without health is healthy', () => {
    const status = { health: { status: 'Degraded' }, resources: [{ kind: 'ConfigMap', name: 'a', status: 'Synced' }] };
    const goal = { ...nothing, isHealthy: true, isSynced: true };
    expect(
      findUnmet(application(status), { ...goal, resources: [parseResourceSelector(':ConfigMap:a')] }),
    ).toBeUndefined();
    expect(findUnmet(application(status), { ...goal, resources: [parseResourceSelector(':Secret:a')] })).toBe(
      'none of its resources is selected',
    );
  });
});

describe('unfinished', () => {
  const operation = { sync: {} };
  const state = (phase: string, message: string) => ({
    operationState: { operation, phase, message, startedAt: '2026-01-01T00:00:00Z' },
  });

  it('waits for the controller, for the end, and through retries', () => {
    expect(unfinished(application(undefined, operation))).toBe('no controller has taken up the operation yet');
    expect(unfinished(application(state('Succeeded', 'the one before'), operation))).toBe(
      'no controller has taken up the operation yet',
    );
    expect(unfinished(application(state('Running', 'wave 1'), operation))).toBe('wave 1');
    expect(
      unfinished(
        application({
          operationState: { ...state('Running', 'retrying').operationState, finishedAt: '2026-01-01T00:00:01Z' },
        }),
      ),
    ).toBe('retrying');
    expect(unfinished(application(state('Failed', 'x')))).toBeUndefined();
  });
});
