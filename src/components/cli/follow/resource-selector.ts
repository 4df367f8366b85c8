import { matchGlob } from '#base/glob';
import type { SyncOperationResource } from '#core/api';
import { usageError } from '../program/usage-error.ts';

/** `[!]GROUP:KIND:[NAMESPACE/]NAME`; every part may hold `*` (`compatibility.md` m). */
export interface ResourceSelector {
  readonly group: string;
  readonly kind: string;
  /** undefined matches every namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly isExcluded: boolean;
}

export interface SelectableResource {
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Throws USAGE for text of another form. */
export function parseResourceSelector(text: string): ResourceSelector {
  const isExcluded = text.startsWith('!');
  const parts = (isExcluded ? text.slice(1) : text).split(':');
  const [group = '', kind = '', place = ''] = parts;
  if (parts.length !== 3 || kind === '' || place === '') {
    throw usageError(
      `--resource: "${text}" names no resource.`,
      'Write GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME; "!" in front excludes; "*" matches all.',
    );
  }
  const cut = place.indexOf('/');
  return {
    group,
    kind,
    namespace: cut < 0 ? undefined : place.slice(0, cut),
    name: cut < 0 ? place : place.slice(cut + 1),
    isExcluded,
  };
}

/** Selected by one that includes (or there is none of those) and by none that excludes. Without selectors everything is. Pure. */
export function isSelected(resource: SelectableResource, selectors: readonly ResourceSelector[]): boolean {
  const including = selectors.filter(({ isExcluded }) => !isExcluded);
  if (selectors.some((selector) => selector.isExcluded && matches(resource, selector))) return false;
  return including.length === 0 || including.some((selector) => matches(resource, selector));
}

function matches(
  { group = '', kind = '', namespace = '', name = '' }: SelectableResource,
  selector: ResourceSelector,
): boolean {
  return (
    matchGlob(selector.group, group) &&
    matchGlob(selector.kind, kind) &&
    matchGlob(selector.name, name) &&
    (selector.namespace === undefined || matchGlob(selector.namespace, namespace))
  );
}

/** The selected resources as an operation names them. */
export function toOperationResource({
  group = '',
  kind = '',
  namespace,
  name = '',
}: SelectableResource): SyncOperationResource {
  return { ...(group === '' ? {} : { group }), kind, name, ...(namespace ? { namespace } : {}) };
}
