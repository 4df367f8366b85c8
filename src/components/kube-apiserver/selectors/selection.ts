import type { KubeObject } from '#libs/kube';
import type { ServedResource } from '../registry/served-resource.ts';
import { compileFieldSelector, parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';

/** What a list or watch wants of a resource. */
export interface Selection {
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** Set when a field selector pins one name: no scan is needed. */
  readonly name: string | undefined;
  /** Undefined when everything in the namespace is wanted. */
  readonly matches: ((object: KubeObject) => boolean) | undefined;
}

export interface SelectionOptions {
  readonly namespace: string | undefined;
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
}

/** Parses the selectors of a request; throws 400 for what the server does not understand. */
export function parseSelection(resource: ServedResource, options: SelectionOptions): Selection {
  const labels = parseLabelSelector(options.labelSelector ?? '');
  const requirements = parseFieldSelector(options.fieldSelector ?? '');
  const pinned = (field: string) => requirements.find((one) => one.field === field && one.equal)?.value;
  const fields = compileFieldSelector(requirements, resource.selectableFields);
  const namespace = options.namespace ?? (resource.namespaced ? pinned('metadata.namespace') : undefined);
  const matches =
    labels === undefined && fields === undefined
      ? undefined
      : (object: KubeObject) =>
          (labels === undefined || labels(object.metadata.labels)) &&
          (fields === undefined || fields(resource.fromStorage(object)));
  return { namespace, name: pinned('metadata.name'), matches };
}
