import { describe, expect, it } from 'vitest';
import type { Application } from '#core/api';
import { buildStatusPatch } from './build-status-patch.ts';
import { mergeConditions } from './conditions.ts';

const application: Application = {
  metadata: { name: 'a', resourceVersion: '7', annotations: { 'argocd.argoproj.io/refresh': 'normal' } },
  spec: { project: 'default', destination: {} },
  status: { reconciledAt: '2026-01-01T00:00:00Z', sync: { status: 'Synced' }, health: { status: 'Healthy' } },
};
const base = { application, operation: undefined, isRefreshDone: false, countsMinor: true };

describe('buildStatusPatch', () => {
  it('writes nothing when only the time of the look is new', () => {
    expect(
      buildStatusPatch({ ...base, status: { ...application.status, reconciledAt: '2026-02-02T00:00:00Z' } }),
    ).toBeUndefined();
  });

  it('sends what changed, against the version that was read', () => {
    const status = { ...application.status, sync: { status: 'OutOfSync' } };
    expect(buildStatusPatch({ ...base, status })).toEqual({
      metadata: { resourceVersion: '7' },
      status: { sync: { status: 'OutOfSync' } },
    });
  });

  it('takes a fulfilled wish off, and an operation that ended', () => {
    expect(buildStatusPatch({ ...base, status: application.status ?? {}, isRefreshDone: true })).toEqual({
      metadata: { resourceVersion: '7', annotations: { 'argocd.argoproj.io/refresh': null } },
    });
    const running = { ...application, operation: { sync: {} } };
    expect(
      buildStatusPatch({ ...base, application: running, status: application.status ?? {}, operation: null }),
    ).toMatchObject({
      operation: null,
    });
  });

  it('lets small news of a rollout wait', () => {
    const status = { ...application.status, summary: { images: ['x'] } };
    expect(buildStatusPatch({ ...base, status, countsMinor: false })).toBeUndefined();
    expect(buildStatusPatch({ ...base, status })).toMatchObject({ status: { summary: { images: ['x'] } } });
  });
});

describe('mergeConditions', () => {
  it('keeps the time of what was said before, and says nothing twice', () => {
    const before = [{ type: 'SyncError', message: 'm', lastTransitionTime: 'then' }];
    const found = { type: 'SyncError', message: 'm' } as const;
    const fresh = { type: 'ComparisonError', message: 'x' } as const;
    expect(mergeConditions(before, [found, fresh, found], 'now')).toEqual([
      { ...fresh, lastTransitionTime: 'now' },
      { ...found, lastTransitionTime: 'then' },
    ]);
  });
});
