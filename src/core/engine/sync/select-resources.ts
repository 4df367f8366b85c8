import type { KubeObject } from '#libs/kube';
import { resourceKeyOf } from '#libs/kube';
import type { ResourceSelector } from './plan-input.ts';

/** Whether a selective sync means this object; without a selection every object is meant. */
export function isSelected(object: KubeObject, selectors: readonly ResourceSelector[] | undefined): boolean {
  if (selectors === undefined) return true;
  const key = resourceKeyOf(object);
  return selectors.some(
    ({ group = '', kind, name, namespace = '' }) =>
      group === key.group &&
      kind === key.kind &&
      name === key.name &&
      (namespace === '' || namespace === key.namespace),
  );
}
