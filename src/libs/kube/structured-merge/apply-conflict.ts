import { WindlassError } from '#base/errors';
import type { FieldOwner } from './managed-fields.ts';
import { compareTexts } from './managed-fields.ts';
import { pathToString } from './path-element.ts';

/** One field that somebody else owns with another value. */
export interface FieldConflict {
  readonly manager: string;
  /** Kubernetes' path: `.spec.replicas`. */
  readonly field: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time: string | undefined;
  readonly subresource: string;
  /** The server's words for the owner: `conflict with "kubectl" using apps/v1`. */
  readonly message: string;
}

/** Thrown when an apply without force would change fields of other managers. Its message is the server's. */
export class ApplyConflict extends WindlassError {
  readonly conflicts: readonly FieldConflict[];

  constructor(conflicts: readonly FieldConflict[]) {
    super({
      code: 'APPLY_CONFLICT',
      kind: 'Conflict',
      retry: 'never',
      message: `Apply failed with ${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}: ${summarise(conflicts)}`,
      hint: 'Leave the fields to their managers by removing them, or take them over with force.',
    });
    this.name = 'ApplyConflict';
    this.conflicts = conflicts;
  }
}

/** The conflicts of some owners, whose `fields` are the contested ones, in the order of the server's message. */
export function conflictsOf(owners: readonly FieldOwner[]): readonly FieldConflict[] {
  return owners
    .flatMap((owner) => [...owner.fields.paths()].map((path) => conflict(owner, pathToString(path))))
    .sort((a, b) => compareTexts(a.message, b.message));
}

function conflict({ manager, operation, apiVersion, time, subresource }: FieldOwner, field: string): FieldConflict {
  const name = `${JSON.stringify(manager)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  const message = `conflict with ${operation === 'Update' ? `${name} using ${apiVersion}` : name}`;
  return { manager, field, operation, apiVersion, time, subresource, message };
}

function summarise(conflicts: readonly FieldConflict[]): string {
  if (conflicts.length === 1) return `${conflicts[0]?.message}: ${conflicts[0]?.field}`;
  const byOwner = Map.groupBy(conflicts, (one) => one.message);
  return [...byOwner]
    .map(
      ([message, fields]) =>
        `${message.replace(/^conflict /, 'conflicts ')}:${fields.map(({ field }) => `\n- ${field}`).join('')}`,
    )
    .join('\n');
}
