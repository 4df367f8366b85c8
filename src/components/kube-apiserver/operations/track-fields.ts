import type { KubeObject } from '#libs/kube';
import { trackUpdate } from '#libs/kube/structured-merge';
import type { ServedResource } from '../registry/served-resource.ts';
import type { CallContext } from './call-context.ts';

export interface FieldChange {
  readonly resource: ServedResource;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject;
  readonly subresource: string | undefined;
  readonly now: string;
}

/** Writes into managedFields who set what by a create, update or non-apply patch. Objects are at the request's version. */
export function trackFields({ resource, before, after, subresource, now }: FieldChange, call: CallContext): KubeObject {
  const { schema } = resource.schema();
  const managedFields = trackUpdate({ before, after, manager: call.fieldManager, schema, now, subresource });
  const { managedFields: _sent, ...metadata } = after.metadata;
  return { ...after, metadata: managedFields.length > 0 ? { ...metadata, managedFields } : metadata };
}
