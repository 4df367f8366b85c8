import { WindlassError } from '#base/errors';
import type { KubeObject } from '#libs/kube';
import { parseApiVersion } from '#libs/kube';
import { marks } from '../annotations.ts';
import { isCustomResourceDefinition } from '../kinds.ts';
import type { TrackingTarget } from './tracking-config.ts';
import { formatTrackingId } from './tracking-id.ts';

const maxLabelLength = 63;

/**
 * The object marked as belonging to an application. CustomResourceDefinitions are never marked, hence never pruned.
 * Throws TRACKING_LABEL_TOO_LONG where the label alone must name the application and cannot.
 */
export function setTracking(object: KubeObject, target: TrackingTarget): KubeObject {
  if (isCustomResourceDefinition(object)) return object;
  const { method, labelKey = marks.instanceLabel, installationId } = target.config;
  const metadata = { ...object.metadata };
  if (method !== 'annotation') metadata.labels = { ...metadata.labels, [labelKey]: labelValue(target) };
  if (method !== 'label') {
    metadata.annotations = { ...metadata.annotations, [marks.trackingId]: trackingIdOf(object, target) };
    if (installationId !== undefined && installationId !== '') {
      metadata.annotations[marks.installationId] = installationId;
    }
  }
  return { ...object, metadata };
}

function trackingIdOf(object: KubeObject, { instance, destinationNamespace }: TrackingTarget): string {
  return formatTrackingId({
    instance,
    group: parseApiVersion(object.apiVersion).group,
    kind: object.kind,
    namespace: object.metadata.namespace || destinationNamespace,
    name: object.metadata.name ?? '',
  });
}

function labelValue({ instance, config }: TrackingTarget): string {
  if (instance.length <= maxLabelLength) return instance;
  // Beside an annotation the label is for people only; it must still be a valid label.
  if (config.method === 'annotation+label') return instance.slice(0, maxLabelLength).replace(/[-_.]+$/, '');
  throw new WindlassError({
    code: 'TRACKING_LABEL_TOO_LONG',
    kind: 'InvalidInput',
    message: `Application "${instance}" cannot be tracked by label: its name is longer than ${maxLabelLength} characters.`,
    hint: 'Set application.resourceTrackingMethod to "annotation" in argocd-cm, or use a shorter name.',
  });
}
