import type { Application } from '#core/api';
import type { Flags } from '../../program/flags.ts';
import { usageError } from '../../program/usage-error.ts';
import { sourcesOf } from '../../session/sources-of.ts';
import { positionOf } from './desired-query.ts';

/** The source that `--source-position` or `--source-name` means, counting from 0. Throws USAGE. */
export function sourceIndexOf(flags: Flags, application: Application): number | undefined {
  const name = flags.text('source-name');
  const position = flags.isSet('source-position') ? flags.integer('source-position') : undefined;
  if (name !== undefined && position !== undefined)
    throw usageError('--source-position and --source-name name the same thing.', 'Give one of them.');
  if ((application.spec.sources ?? []).length === 0) return undefined;
  if (name !== undefined) return positionOf(name, application) - 1;
  if (position === undefined) return undefined;
  const count = sourcesOf(application).length;
  if (position < 1 || position > count)
    throw usageError(
      `--source-position: the application has no source ${position}.`,
      `It has ${count}, counting from 1.`,
    );
  return position - 1;
}
