import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { HealthStatus, HealthSubject } from '#core/engine';
import { aggregateHealth, assessHealth, countsForHealth } from '#core/engine';
import type { KubeObject } from '#libs/kube';

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly cases: Readonly<Record<string, { readonly object: Partial<KubeObject>; readonly health: string | null }>>;
}

const kinds = load(readFileSync(new URL('./health.cases.yaml', import.meta.url), 'utf8')) as readonly Kind[];

describe.each(kinds)('assessHealth of $apiVersion $kind', ({ apiVersion, kind, cases }) => {
  it.each(Object.entries(cases))('%s', (_name, { object, health }) => {
    const assessed = assessHealth({
      apiVersion,
      kind,
      ...object,
      metadata: { name: 'x', generation: 1, ...object.metadata },
    });
    const text = assessed?.message === undefined ? assessed?.status : `${assessed.status}: ${assessed.message}`;
    expect(text ?? null).toBe(health);
    if (assessed !== undefined) expect(assessed.verdict.sentence).not.toBe('');
  });
});

function subject(name: string, status: HealthStatus | undefined, more: Partial<HealthSubject> = {}): HealthSubject {
  const key = { group: 'apps', kind: 'Deployment', namespace: 'n', name };
  return {
    key,
    isLive: true,
    counts: true,
    health: status === undefined ? undefined : { status, message: `of ${name}` },
    ...more,
  };
}

describe('aggregateHealth', () => {
  it('is the worst, and names three causes', () => {
    const subjects = ['a', 'b', 'c', 'd', 'e'].map((name) => subject(name, 'Degraded'));
    expect(aggregateHealth([subject('x', 'Progressing'), subject('y', 'Healthy'), ...subjects])).toMatchObject({
      status: 'Degraded',
      message: 'Caused by apps/Deployment:n/a, apps/Deployment:n/b, apps/Deployment:n/c and 2 more',
      verdict: { parameters: { resources: 5, reason: 'of a' } },
    });
  });

  it('is Healthy without resources or with kinds that have no health, Missing when nothing is live', () => {
    expect(aggregateHealth([])).toMatchObject({ status: 'Healthy' });
    expect(aggregateHealth([subject('a', undefined)])).toMatchObject({ status: 'Healthy' });
    expect(aggregateHealth([subject('a', undefined, { isLive: false })]).status).toBe('Missing');
    expect(aggregateHealth([subject('a', undefined, { isLive: false }), subject('b', 'Healthy')]).status).toBe(
      'Healthy',
    );
  });

  it('leaves out what does not count and children that were not looked at', () => {
    const child = { key: { group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'c' } };
    expect(aggregateHealth([subject('a', 'Degraded', { counts: false }), subject('c', 'Unknown', child)]).status).toBe(
      'Healthy',
    );
    expect(aggregateHealth([subject('c', 'Degraded', child)]).status).toBe('Degraded');
    const annotated = (key: string, value: string) =>
      countsForHealth({ metadata: { annotations: { [`argocd.argoproj.io/${key}`]: value } } });
    expect([
      annotated('ignore-healthcheck', 'true'),
      annotated('hook', 'Sync'),
      annotated('hook', 'Skip'),
      annotated('sync-wave', '1'),
    ]).toEqual([false, false, false, true]);
  });
});
