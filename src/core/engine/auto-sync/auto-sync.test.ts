import { describe, expect, it } from 'vitest';
import type { AutoSyncInput, AutoSyncResource, LastOperation, SyncWindow, SyncWindowInput } from './auto-sync.ts';
import { decideAutoSync } from './decide-auto-sync.ts';
import { decideRetry } from './decide-retry.ts';
import { decideSyncWindows } from './decide-sync-windows.ts';

function resource(name: string, more: Partial<AutoSyncResource> = {}): AutoSyncResource {
  return { group: '', kind: 'ConfigMap', namespace: 'n', name, status: 'OutOfSync', requiresPruning: false, ...more };
}

const succeeded: LastOperation = {
  phase: 'Succeeded',
  message: 'successfully synced (all tasks run)',
  finishedAtMs: 0,
  autoHealAttempts: 0,
  result: { revisions: ['r1'], sourceHash: 's' },
};

const base: AutoSyncInput = {
  nowMs: 10_000,
  automated: { prune: true, selfHeal: true },
  isWindowOpen: true,
  hasOperation: false,
  isBeingDeleted: false,
  syncStatus: 'OutOfSync',
  resources: [resource('a'), resource('b', { status: 'Synced' })],
  revisions: ['r1'],
  sourceHash: 's',
  mayHaveChanges: true,
};

function decide(more: Partial<AutoSyncInput>) {
  return decideAutoSync({ ...base, ...more });
}

describe('decideAutoSync', () => {
  it.each([
    ['not-automated', { automated: undefined }],
    ['not-automated', { automated: { enabled: false } }],
    ['window-closed', { isWindowOpen: false }],
    ['operation-pending', { hasOperation: true }],
    ['being-deleted', { isBeingDeleted: true }],
    ['not-out-of-sync', { syncStatus: 'Synced' as const }],
    ['not-out-of-sync', { syncStatus: 'Unknown' as const }],
    [
      'only-prune-left',
      { automated: {}, resources: [resource('a', { requiresPruning: true }), resource('b', { status: 'Synced' })] },
    ],
    ['no-self-heal', { automated: { prune: true }, lastOperation: succeeded }],
  ])('skips: %s', (code, more) => {
    expect(decide(more)).toMatchObject({ type: 'skip', verdict: { code } });
  });

  it('syncs all of a new state', () => {
    expect(decide({})).toMatchObject({ type: 'sync', autoHealAttempts: 0 });
    expect(decide({}).type === 'sync' && 'resources' in decide({})).toBe(false);
    expect(decide({ lastOperation: succeeded, revisions: ['r2'] })).toMatchObject({
      type: 'sync',
      autoHealAttempts: 0,
    });
    expect(decide({ lastOperation: { ...succeeded, phase: 'Failed' }, revisions: ['r2'] })).toMatchObject({
      type: 'sync',
    });
    expect(decide({ lastOperation: succeeded, sourceHash: 'other' })).toMatchObject({
      type: 'sync',
      autoHealAttempts: 0,
    });
  });

  it('heals only what differs, without comparing revisions that change nothing', () => {
    const expected = {
      type: 'sync',
      resources: [{ group: '', kind: 'ConfigMap', namespace: 'n', name: 'a' }],
      autoHealAttempts: 1,
    };
    expect(decide({ lastOperation: succeeded })).toMatchObject(expected);
    expect(decide({ lastOperation: succeeded, revisions: ['r2'], mayHaveChanges: false })).toMatchObject(expected);
  });

  it('does not try a failed state again', () => {
    const lastOperation = { ...succeeded, phase: 'Failed' as const, message: 'boom' };
    expect(decide({ lastOperation })).toMatchObject({
      type: 'blocked',
      condition: 'Failed last sync attempt to [r1]: boom',
    });
    const { result: _, ...withoutResult } = lastOperation;
    expect(decide({ lastOperation: withoutResult, revisions: ['r9'] })).toMatchObject({ type: 'blocked' });
  });

  it('waits longer after each healing: 0, 2 s, 6 s, 18 s, … 300 s', () => {
    const due = [0, 1, 2, 3, 9].map((autoHealAttempts) => {
      const decision = decide({ nowMs: -1, lastOperation: { ...succeeded, autoHealAttempts } });
      return decision.type === 'later' ? decision.atMs : decision.type;
    });
    expect(due).toEqual([0, 2000, 6000, 18_000, 300_000]);
    expect(decide({ nowMs: 2000, lastOperation: { ...succeeded, autoHealAttempts: 1 } })).toMatchObject({
      type: 'sync',
      autoHealAttempts: 2,
    });
  });

  it('does not wipe out everything unless that is allowed', () => {
    const resources = [resource('a', { requiresPruning: true })];
    expect(decide({ resources })).toMatchObject({
      type: 'blocked',
      condition: 'Skipping sync attempt to [r1]: auto-sync will wipe out all resources',
    });
    expect(decide({ resources, automated: { prune: true, allowEmpty: true } })).toMatchObject({ type: 'sync' });
  });
});

describe('decideRetry', () => {
  const failed = {
    nowMs: Date.parse('2026-01-01T15:04:00Z'),
    phase: 'Failed',
    message: 'boom',
    retryCount: 0,
    limit: 5,
  } as const;

  it('waits duration · factor^n up to the maximum, and says when', () => {
    expect(decideRetry(failed)).toEqual({
      type: 'retry',
      atMs: failed.nowMs + 5000,
      retryCount: 1,
      message: 'boom. Retrying attempt #1 at 3:04PM.',
    });
    const delays = [0, 1, 2, 5, 6].map((retryCount) => {
      const decision = decideRetry({ ...failed, limit: -1, retryCount });
      return decision.type === 'retry' ? decision.atMs - failed.nowMs : undefined;
    });
    expect(delays).toEqual([5000, 10_000, 20_000, 160_000, 180_000]);
    expect(decideRetry({ ...failed, backoff: { duration: '1s', factor: 1 } })).toMatchObject({
      atMs: failed.nowMs + 1000,
    });
  });

  it('gives up at the limit', () => {
    expect(decideRetry({ ...failed, limit: 0 })).toEqual({ type: 'give-up', message: 'boom' });
    expect(decideRetry({ ...failed, retryCount: 5 })).toEqual({ type: 'give-up', message: 'boom (retried 5 times).' });
  });
});

describe('decideSyncWindows', () => {
  const at = (time: string) => Date.parse(`2026-01-05T${time}:00Z`);
  const always: SyncWindow = { kind: 'allow', schedule: '* * * * *', duration: '1h', applications: ['*'] };
  const office: SyncWindow = { ...always, schedule: '0 9 * * *', duration: '8h' };

  function canSync(windows: readonly SyncWindow[], more: Partial<SyncWindowInput> = {}): boolean {
    const application = { name: 'app', namespace: 'n', clusterName: 'in-cluster', clusterServer: 'https://k' };
    return decideSyncWindows({ nowMs: at('12:00'), windows, application, isManual: false, ...more }).canSync;
  }

  it('is open without windows, inside allow windows, outside deny windows', () => {
    expect(canSync([])).toBe(true);
    expect(canSync([office])).toBe(true);
    expect(canSync([office], { nowMs: at('17:01') })).toBe(false);
    expect(canSync([office], { nowMs: at('08:59') })).toBe(false);
    expect(canSync([{ ...office, kind: 'deny' }])).toBe(false);
    expect(canSync([{ ...office, kind: 'deny' }], { nowMs: at('18:00') })).toBe(true);
    expect(canSync([office, { ...always, kind: 'deny' }])).toBe(false);
  });

  it('lets manual syncs through where the window says so', () => {
    const deny: SyncWindow = { ...always, kind: 'deny' };
    expect(canSync([deny], { isManual: true })).toBe(false);
    expect(canSync([{ ...deny, manualSync: true }], { isManual: true })).toBe(true);
    expect(canSync([{ ...deny, manualSync: true }, deny], { isManual: true })).toBe(false);
    expect(canSync([{ ...office, manualSync: true }], { isManual: true, nowMs: at('20:00') })).toBe(true);
  });

  it('concerns applications by name, namespace or cluster, any or all', () => {
    const deny: SyncWindow = { kind: 'deny', schedule: '* * * * *', duration: '1h' };
    expect(canSync([{ ...deny, clusters: ['https://*'] }])).toBe(false);
    expect(canSync([{ ...deny, namespaces: ['other'], applications: ['app'] }])).toBe(false);
    expect(canSync([{ ...deny, namespaces: ['other'], applications: ['app'], andOperator: true }])).toBe(true);
    expect(canSync([{ ...deny, namespaces: ['n'], applications: ['a*'], andOperator: true }])).toBe(false);
    expect(canSync([deny])).toBe(true);
  });

  it('counts in the zone of the window; an unknown zone is UTC', () => {
    expect(canSync([{ ...office, timeZone: 'Asia/Tokyo' }], { nowMs: at('01:00') })).toBe(true);
    expect(canSync([{ ...office, timeZone: 'Asia/Tokyo' }], { nowMs: at('12:00') })).toBe(false);
    expect(canSync([{ ...office, timeZone: 'No/Where' }])).toBe(true);
  });

  it('lets an operation overrun only where every window in its way permits it', () => {
    const late = { nowMs: at('17:30'), operationStartedAtMs: at('16:59') };
    expect(canSync([office], late)).toBe(false);
    expect(canSync([{ ...office, syncOverrun: true }], late)).toBe(true);
    expect(canSync([{ ...office, syncOverrun: true }], { ...late, operationStartedAtMs: at('17:15') })).toBe(false);
  });
});
