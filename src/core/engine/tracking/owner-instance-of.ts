import type { KubeObject } from '#libs/kube';
import { parseApiVersion } from '#libs/kube';
import { marks } from '../annotations.ts';
import { isCustomResourceDefinition } from '../kinds.ts';
import type { Ownership, TrackingConfig, TrackingId } from './tracking-config.ts';
import { parseTrackingId } from './tracking-id.ts';

/** The application that a live object belongs to by its marks; undefined when it belongs to none. */
export function ownerInstanceOf(live: KubeObject, config: TrackingConfig): Ownership | undefined {
  if (isCustomResourceDefinition(live)) return undefined;
  if (config.method === 'label') {
    const instance = live.metadata.labels?.[config.labelKey ?? marks.instanceLabel];
    return instance === undefined || instance === '' ? undefined : { instance, isSelfReference: true };
  }
  const annotations = live.metadata.annotations;
  const text = annotations?.[marks.trackingId];
  if (text === undefined) return undefined;
  const { installationId } = config;
  if (installationId !== undefined && installationId !== '' && annotations?.[marks.installationId] !== installationId) {
    return undefined;
  }
  const id = parseTrackingId(text);
  return id === undefined ? undefined : { instance: id.instance, isSelfReference: namesItself(id, live) };
}

/** A controller that copies annotations to what it creates makes objects whose mark names another object. */
function namesItself(id: TrackingId, live: KubeObject): boolean {
  const namespace = live.metadata.namespace ?? '';
  return (
    id.kind === live.kind &&
    id.name === live.metadata.name &&
    id.group === parseApiVersion(live.apiVersion).group &&
    // Of a cluster-scoped object the mark holds the application's destination namespace.
    (namespace === '' || id.namespace === namespace)
  );
}
