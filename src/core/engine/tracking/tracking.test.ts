import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#libs/kube';
import { instanceName } from './instance-name.ts';
import { ownerInstanceOf } from './owner-instance-of.ts';
import { setTracking } from './set-tracking.ts';
import type { TrackingConfig } from './tracking-config.ts';
import { formatTrackingId, parseTrackingId } from './tracking-id.ts';

const annotation: TrackingConfig = { method: 'annotation' };
const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'guestbook-ui', namespace: 'default' },
};
const role: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'system:x' },
};
const longName = `${'a'.repeat(62)}-b`;

function track(object: KubeObject, config: TrackingConfig, instance = 'guestbook'): KubeObject {
  return setTracking(object, { instance, config, destinationNamespace: 'dest' });
}

describe('setTracking', () => {
  it('writes the id with an empty core group', () => {
    expect(track(service, annotation).metadata.annotations).toEqual({
      'argocd.argoproj.io/tracking-id': 'guestbook:/Service:default/guestbook-ui',
    });
  });

  it('writes the destination namespace for cluster-scoped kinds', () => {
    expect(track(role, annotation).metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBe(
      'guestbook:rbac.authorization.k8s.io/ClusterRole:dest/system:x',
    );
  });

  it('writes the label, and both', () => {
    expect(track(service, { method: 'label' }).metadata).toMatchObject({
      labels: { 'app.kubernetes.io/instance': 'guestbook' },
    });
    expect(track(service, { method: 'label' }).metadata.annotations).toBeUndefined();
    const both = track(service, { method: 'annotation+label', labelKey: 'app', installationId: 'one' });
    expect(both.metadata.labels).toEqual({ app: 'guestbook' });
    expect(both.metadata.annotations?.['argocd.argoproj.io/installation-id']).toBe('one');
  });

  it('cuts an informational label to a valid one, refuses one that must be exact', () => {
    const both = track(service, { method: 'annotation+label' }, longName);
    expect(both.metadata.labels?.['app.kubernetes.io/instance']).toBe('a'.repeat(62));
    expect(() => track(service, { method: 'label' }, longName)).toThrow(/longer than 63/);
  });

  it('leaves CustomResourceDefinitions and the input alone', () => {
    const crd: KubeObject = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'x' },
    };
    expect(track(crd, annotation)).toBe(crd);
    track(service, annotation);
    expect(service.metadata.annotations).toBeUndefined();
  });
});

describe('ownerInstanceOf', () => {
  it('reads back what setTracking wrote, for each method', () => {
    for (const config of [annotation, { method: 'label' }, { method: 'annotation+label' }] as const) {
      for (const object of [service, role]) {
        expect(ownerInstanceOf(track(object, config), config)).toEqual({
          instance: 'guestbook',
          isSelfReference: true,
        });
      }
    }
  });

  it('tells a copied mark from an own one', () => {
    const copy = { ...track(service, annotation), kind: 'Endpoints' };
    expect(ownerInstanceOf(copy, annotation)).toEqual({ instance: 'guestbook', isSelfReference: false });
  });

  it('wants the installation id when one is configured', () => {
    const tracked = track(service, annotation);
    expect(ownerInstanceOf(tracked, { method: 'annotation', installationId: 'one' })).toBeUndefined();
    const ours = track(service, { method: 'annotation', installationId: 'one' });
    expect(ownerInstanceOf(ours, { method: 'annotation', installationId: 'one' })?.instance).toBe('guestbook');
    expect(ownerInstanceOf(ours, annotation)?.instance).toBe('guestbook');
  });

  it('ignores unmarked objects and broken marks', () => {
    expect(ownerInstanceOf(service, annotation)).toBeUndefined();
    const broken = {
      ...service,
      metadata: { ...service.metadata, annotations: { 'argocd.argoproj.io/tracking-id': 'x' } },
    };
    expect(ownerInstanceOf(broken, annotation)).toBeUndefined();
  });
});

describe('parseTrackingId', () => {
  it('is the inverse of formatTrackingId', () => {
    const id = { instance: 'ns_app', group: 'apps', kind: 'Deployment', namespace: 'n', name: 'a:b/c' };
    expect(parseTrackingId(formatTrackingId(id))).toEqual(id);
  });
});

describe('instanceName', () => {
  it('is qualified outside the control-plane namespace', () => {
    expect(instanceName({ name: 'a', namespace: 'argocd', controlNamespace: 'argocd' })).toBe('a');
    expect(instanceName({ name: 'a', namespace: 'team', controlNamespace: 'argocd' })).toBe('team_a');
  });
});
