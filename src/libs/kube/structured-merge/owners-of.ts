import type { KubeObject } from '../objects.ts';
import { FieldSet } from './field-set.ts';
import type { Path } from './path-element.ts';

/** Who set a field, and when: evidence for a difference. */
export interface FieldEvidence {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly time: string | undefined;
  readonly subresource?: string;
}

/**
 * The owners of a field of a live object, latest first. A field inside an atomic value is owned with it; a field that nobody owns
 * has no owner (a default of the server).
 */
export function ownersOf(live: KubeObject, path: Path): readonly FieldEvidence[] {
  return ownerFinder(live)(path);
}

/** `ownersOf` for many fields of one object: its managed fields are read once. */
export function ownerFinder(live: KubeObject): (path: Path) => readonly FieldEvidence[] {
  const owners = (live.metadata.managedFields ?? []).map((entry) => ({
    fields: FieldSet.fromFieldsV1(entry.fieldsV1),
    evidence: {
      manager: entry.manager ?? '',
      operation: entry.operation ?? ('Update' as const),
      time: entry.time,
      ...(entry.subresource === undefined ? {} : { subresource: entry.subresource }),
    },
  }));
  return (path) =>
    owners
      .filter(({ fields }) => coversPath(fields, path))
      .map(({ evidence }) => evidence)
      .sort((a, b) => (a.time === b.time ? 0 : (a.time ?? '') < (b.time ?? '') ? 1 : -1));
}

/** True when the path, something below it, or the leaf that it lies in is owned. */
function coversPath(fields: FieldSet, path: Path): boolean {
  let set = fields;
  for (const [index, element] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isLast) return set.touches(element);
    if (set.members.has(element) && !set.children.has(element)) return true;
    set = set.child(element);
  }
  return false;
}
