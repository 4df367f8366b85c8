import { describe, expect, it } from 'vitest';
import type { Application, OperationState } from '#core/api';
import { operationSource } from './operation-source.ts';
import { readDeployments, readOperationMark, writeOperationMark } from './operation-marks.ts';
import { recordDeployment } from './record-deployment.ts';

const source = { repoURL: 'https://git.example.com/a', path: 'x', targetRevision: 'main' };
const state: OperationState = { operation: {}, phase: 'Succeeded', startedAt: '2026-01-01T00:00:00Z' };
const application: Application = {
  metadata: { name: 'a', uid: 'u' },
  spec: { project: 'default', destination: {}, source, revisionHistoryLimit: 2 },
};
const deployment = { state, sources: [source], isMultiSource: false, deployedAt: '2026-01-01T00:00:01Z' };

function deployed(times: number): Application {
  let current = application;
  for (let n = 0; n < times; n++) {
    const { history, annotations } = recordDeployment(current, {
      ...deployment,
      revisions: [`sha${n}`],
      manifests: `d${n}`,
    });
    current = { ...current, metadata: { ...current.metadata, annotations }, status: { history: [...history] } };
  }
  return current;
}

describe('recordDeployment', () => {
  it('keeps as many deployments, with their manifests, as the application says', () => {
    const app = deployed(3);
    expect(app.status?.history?.map(({ id, revision }) => `${id} ${revision}`)).toEqual(['1 sha1', '2 sha2']);
    expect(readDeployments(app)).toEqual({ '1': 'd1', '2': 'd2' });
  });
});

describe('operationSource', () => {
  it('forgets the commit that automation named when a retry is to take the newest', () => {
    const automated = { initiatedBy: { automated: true }, sync: { revision: 'old' } };
    const again = { ...state, phase: 'Running', retryCount: 1 };
    expect(operationSource(application, automated, again).revisions).toEqual(['old']);
    expect(operationSource(application, { ...automated, retry: { refresh: true } }, again).revisions).toBeUndefined();
    const asked = { sync: { revision: 'old' }, retry: { refresh: true } };
    expect(operationSource(application, asked, again).revisions).toEqual(['old']);
  });

  it('means the newest commit unless something is asked for', () => {
    expect(operationSource(application, { sync: {} }, undefined)).toMatchObject({
      sources: [source],
      revisions: undefined,
      manifests: undefined,
    });
  });

  it('finds the stored manifests of a deployment that is repeated', () => {
    const operation = { sync: { revision: 'sha1', source } };
    expect(operationSource(deployed(3), operation, undefined)).toMatchObject({ revisions: ['sha1'], manifests: 'd1' });
  });

  it('stays with the revisions that the first pass pinned', () => {
    const running = { ...state, phase: 'Running', syncResult: { revision: 'pinned' } };
    expect(operationSource(application, { sync: { revision: 'main' } }, running)).toMatchObject({
      revisions: ['pinned'],
      arePinned: true,
    });
  });
});

describe('operation marks', () => {
  it('come back as they were written, and broken ones are none', () => {
    const mark = { startedAt: 's', id: 'i', plan: 'p', manifests: 'm' };
    expect(readOperationMark({ metadata: { annotations: { ...writeOperationMark(mark) } } })).toEqual(mark);
    expect(readOperationMark({ metadata: { annotations: { 'windlass.dev/operation-plan': '{' } } })).toBeUndefined();
  });
});
