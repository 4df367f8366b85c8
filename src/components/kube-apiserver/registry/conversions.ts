import type { KubeObject } from '#libs/kube';
import { formatApiVersion } from '#libs/kube';
import { eventToCore, eventToEvents } from './convert-event.ts';
import { autoscalerToV1, autoscalerToV2 } from './convert-autoscaler.ts';

export interface Conversion {
  readonly collection: string;
  readonly storageApiVersion: string;
  readonly fromStorage: (object: KubeObject) => KubeObject;
  readonly toStorage: (object: KubeObject) => KubeObject;
}

const same = (object: KubeObject) => object;

/** Where a built-in resource is stored and how it gets there; kinds served under two names share one collection. */
export function conversionFor(group: string, version: string, resource: string): Conversion {
  const apiVersion = formatApiVersion({ group, version });
  if (resource === 'events' && group === 'events.k8s.io') {
    return { collection: 'events', storageApiVersion: 'v1', fromStorage: eventToEvents, toStorage: eventToCore };
  }
  const collection = group === '' ? resource : `${resource}.${group}`;
  if (apiVersion === 'autoscaling/v1') {
    return { collection, storageApiVersion: 'autoscaling/v2', fromStorage: autoscalerToV1, toStorage: autoscalerToV2 };
  }
  return { collection, storageApiVersion: apiVersion, fromStorage: same, toStorage: same };
}
