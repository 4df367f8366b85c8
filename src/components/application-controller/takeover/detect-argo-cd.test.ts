import { describe, expect, it } from 'vitest';
import { detectArgoCd } from './detect-argo-cd.ts';

const nowMs = Date.parse('2026-01-01T01:00:00Z');
const workload = (readyReplicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'argocd-application-controller' },
  status: { readyReplicas },
});
const written = (time: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'a', managedFields: [{ manager: 'argocd-application-controller', time }] },
});

describe('detectArgoCd', () => {
  it('sees a controller with ready pods, or one that wrote lately', () => {
    expect(detectArgoCd({ workloads: [workload(1)], applications: [], nowMs })).toContain('has ready pods');
    expect(detectArgoCd({ workloads: [], applications: [written('2026-01-01T00:58:00Z')], nowMs })).toContain(
      'less than 5 minutes',
    );
  });

  it('does not mind one that is scaled down and silent', () => {
    const applications = [written('2026-01-01T00:30:00Z')];
    expect(detectArgoCd({ workloads: [workload(0)], applications, nowMs })).toBeUndefined();
  });
});
