import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Application, ApplicationStatus } from '#core/api';
import type { KubeObject } from '#libs/kube';
import { resourceKeyOf } from '#libs/kube';
import type { ResourceNode } from '../session/session.ts';
import { explainApplication } from './explain-application.ts';

const nowMs = Date.parse('2026-01-01T01:00:00Z');
const facts = { comparisons: undefined, tree: undefined, partial: [], nowMs };

function application(status: ApplicationStatus, metadata: Application['metadata'] = {}): Application {
  return { metadata: { name: 'shop', ...metadata }, spec: { project: 'default', destination: {} }, status };
}

describe('explainApplication', () => {
  it('a failed hook: the operation with the row that failed', () => {
    const operationState = {
      operation: {},
      phase: 'Failed',
      message: 'one or more synchronization tasks completed unsuccessfully',
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:30:00Z',
      syncResult: {
        revision: 'x',
        resources: [
          {
            group: 'batch',
            kind: 'Job',
            namespace: 'n',
            name: 'migrate',
            version: 'v1',
            hookType: 'PreSync',
            hookPhase: 'Failed',
            message: 'exit code 1',
          },
        ],
      },
    };
    const { causes } = explainApplication(
      application({ sync: { status: 'Synced' }, health: { status: 'Healthy' }, operationState }),
      facts,
    );
    expect(causes).toMatchObject([
      { rule: 'hook.failed', evidence: ['Job/migrate (PreSync hook): exit code 1'], next: 'windlass app sync shop' },
    ]);
  });

  it('an unhealthy Deployment: the pod below it, with the chain', () => {
    const pod = node('v1', 'Pod', 'web-1', {
      phase: 'Pending',
      containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ImagePullBackOff', message: 'cannot pull' } } }],
    });
    const set = node('apps/v1', 'ReplicaSet', 'web-abc', {}, [pod]);
    const deployment = node('apps/v1', 'Deployment', 'web', {}, [set]);
    const status = { sync: { status: 'Synced' }, health: { status: 'Degraded' } };
    const [cause] = explainApplication(application(status), { ...facts, tree: [deployment] }).causes;
    expect(cause?.chain).toEqual(['shop', 'Deployment/web', 'ReplicaSet/web-abc', 'Pod/web-1']);
    expect(cause?.text).toContain('cannot pull');
    expect(cause?.next).toBe('windlass app logs shop --kind Deployment --name web');
  });

  it('a hold, a deletion that waits, an operation that nobody takes up', () => {
    const hold = JSON.stringify({
      by: 'anna',
      reason: 'bad image',
      skipRevisions: ['a'.repeat(40)],
      at: '2026-01-01T00:00:00Z',
    });
    const held = application(
      { sync: { status: 'Synced' }, health: { status: 'Healthy' } },
      { annotations: { 'windlass.dev/hold': hold } },
    );
    expect(explainApplication(held, facts).causes).toMatchObject([
      { rule: 'hold', text: 'aaaaaaa is held back by anna: bad image.' },
    ]);
    const dying = application({}, { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['f'] });
    expect(explainApplication(dying, facts).causes[0]?.text).toBe('Deletion was asked for 60m ago and waits for f.');
    expect(explainApplication({ ...held, operation: {} }, facts).causes.map(({ rule }) => rule)).toContain(
      'run.waiting',
    );
  });

  it('property: what is not fine is never left without a cause', () => {
    const text = fc.constantFrom(
      '',
      'Synced',
      'OutOfSync',
      'Unknown',
      'Healthy',
      'Degraded',
      'Progressing',
      'Missing',
      'Suspended',
    );
    fc.assert(
      fc.property(text, text, fc.boolean(), (sync, health, hasRow) => {
        const resources = hasRow ? [{ kind: 'ConfigMap', name: 'a', status: sync, health: { status: health } }] : [];
        const { isFine, causes } = explainApplication(
          application({ sync: { status: sync }, health: { status: health }, resources }),
          facts,
        );
        expect(isFine).toBe(sync === 'Synced' && health === 'Healthy');
        if (!isFine) expect(causes.length).toBeGreaterThan(0);
      }),
    );
  });
});

function node(
  apiVersion: string,
  kind: string,
  name: string,
  status: object,
  children: readonly ResourceNode[] = [],
): ResourceNode {
  const object: KubeObject = { apiVersion, kind, metadata: { name, namespace: 'n', uid: name }, spec: {}, status };
  return { key: resourceKeyOf(object), uid: name, object, children };
}
