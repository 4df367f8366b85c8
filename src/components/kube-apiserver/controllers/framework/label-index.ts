import type { LabelSelector, LiveObject } from '../kinds/live-object.ts';
import type { Cache } from './cache.ts';
import { indexableLabels, matchSelector } from './match-selector.ts';

const index = 'label';

/** Files a cache's objects by namespace and label, for `selectByLabels`. */
export function addLabelIndex<T extends LiveObject>(cache: Cache<T>): void {
  cache.addIndex(index, ({ metadata }) =>
    Object.entries(metadata.labels ?? {}).map(([key, value]) => `${metadata.namespace ?? ''}|${key}=${value}`),
  );
}

/** The objects of a namespace that a selector matches, found through one of its labels. */
export function selectByLabels<T extends LiveObject>(cache: Cache<T>, namespace: string, selector: LabelSelector): T[] {
  const pairs = indexableLabels(selector);
  const candidates = pairs
    ? pairs.flatMap((pair) => cache.byIndex(index, `${namespace}|${pair}`))
    : cache.byIndex('namespace', namespace);
  return candidates.filter((object) => matchSelector(selector, object.metadata.labels));
}
