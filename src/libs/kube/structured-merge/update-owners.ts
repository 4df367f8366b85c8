import type { Schema } from '../schema/index.ts';
import type { ValueComparison } from './compare-values.ts';
import { compareValues } from './compare-values.ts';
import { conflictsOf, ApplyConflict } from './apply-conflict.ts';
import type { FieldSet } from './field-set.ts';
import type { FieldOwner, FieldOwners } from './managed-fields.ts';

export interface StateChange {
  readonly schema: Schema;
  readonly before: unknown;
  readonly after: unknown;
  /** Fields that this endpoint does not change, such as `status` outside the status subresource. */
  readonly ignored: FieldSet;
}

export interface OwnersUpdate {
  readonly owners: Map<string, FieldOwner>;
  readonly comparison: ValueComparison;
}

/**
 * What is left to the owners after a change that `actor` (an owner's key) made: who owned a changed field loses it, a removed field
 * belongs to nobody. Throws ApplyConflict when others would lose fields and `force` is off.
 */
export function updateOwners(owners: FieldOwners, actor: string, change: StateChange, force: boolean): OwnersUpdate {
  const comparison = withoutIgnored(compareValues(change.schema, change.before, change.after), change.ignored);
  const touched = comparison.modified.union(comparison.added);
  const contested: FieldOwner[] = [];
  const left = new Map(owners);
  for (const [key, owner] of owners) {
    if (key === actor) continue;
    const conflicting = owner.fields.intersection(touched);
    if (!conflicting.isEmpty) contested.push({ ...owner, fields: conflicting });
    const fields = owner.fields.difference(conflicting).difference(comparison.removed);
    if (fields.isEmpty) left.delete(key);
    else left.set(key, { ...owner, fields });
  }
  if (!force && contested.length > 0) throw new ApplyConflict(conflictsOf(contested));
  return { owners: left, comparison };
}

function withoutIgnored({ added, modified, removed }: ValueComparison, ignored: FieldSet): ValueComparison {
  if (ignored.isEmpty) return { added, modified, removed };
  return {
    added: added.recursiveDifference(ignored),
    modified: modified.recursiveDifference(ignored),
    removed: removed.recursiveDifference(ignored),
  };
}
