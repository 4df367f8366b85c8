import type { LiveObject } from '../kinds/live-object.ts';
import { controllerOf, keyOf } from '../kinds/live-object.ts';
import type { Cache } from './cache.ts';
import type { Loop } from './context.ts';
import { matchSelector } from './match-selector.ts';
import type { LabelSelector } from '../kinds/live-object.ts';

interface Selecting extends LiveObject {
  spec: { selector?: LabelSelector };
}

/** Every change of an object brings it to the loop. */
export function watchObjects<T extends LiveObject>(cache: Cache<T>, loop: Loop): void {
  cache.onChange(({ before, after }) => {
    const object = after ?? before;
    if (object) loop.add(keyOf(object));
  });
}

/** Every change of a child brings its controller, of one kind, to the loop; a child without one those that could adopt it. */
export function watchChildren<T extends LiveObject, O extends Selecting>(
  children: Cache<T>,
  owners: Cache<O>,
  { kind, loop }: { readonly kind: string; readonly loop: Loop },
): void {
  children.onChange(({ before, after }) => {
    for (const child of [before, after]) {
      const owner = child && controllerOf(child);
      if (owner?.kind === kind) loop.add(`${child?.metadata.namespace ?? ''}/${owner.name}`);
    }
    if (!after || controllerOf(after)) return;
    for (const owner of owners.byIndex('namespace', after.metadata.namespace ?? '')) {
      if (matchSelector(owner.spec.selector, after.metadata.labels)) loop.add(keyOf(owner));
    }
  });
}
