import { resolve } from 'node:path';
import type { Application } from '#core/api';
import type { Flags } from '../../program/flags.ts';
import { usageError } from '../../program/usage-error.ts';
import type { DesiredQuery } from '../../session/session.ts';
import { sourcesOf } from '../../session/sources-of.ts';

/** Which manifests the flags ask for. Throws USAGE for positions and names that do not fit the revisions. */
export function desiredQuery(flags: Flags, application: Application, cwd: string): DesiredQuery {
  const local = flags.text('local');
  const revision = flags.text('revision');
  const revisions = revisionsByPosition(flags, application);
  return {
    ...(revision === undefined ? {} : { revision }),
    ...(revisions.size === 0 ? {} : { revisions }),
    ...(local === undefined
      ? {}
      : { local: { path: resolve(cwd, local), root: resolve(cwd, flags.text('local-repo-root') ?? '/') } }),
  };
}

/** 1-based position of a source → revision, by `--source-positions` or `--source-names` (`compatibility.md` a.1). */
export function revisionsByPosition(flags: Flags, application: Application): ReadonlyMap<number, string> {
  const revisions = flags.list('revisions');
  const names = flags.list('source-names');
  const sources = sourcesOf(application);
  const positions =
    names.length > 0 ? names.map((name) => positionOf(name, application)) : flags.list('source-positions').map(Number);
  if (positions.length !== revisions.length) {
    throw usageError(
      `${revisions.length} --revisions were given for ${positions.length} sources.`,
      'Give as many --source-positions (or --source-names) as --revisions.',
    );
  }
  const wrong = positions.find((position) => !Number.isInteger(position) || position < 1 || position > sources.length);
  if (wrong !== undefined)
    throw usageError(
      `--source-positions: the application has no source ${wrong}.`,
      `It has ${sources.length}, counting from 1.`,
    );
  return new Map(positions.map((position, index) => [position, revisions[index] as string]));
}

/** 1-based. Throws USAGE when no source has the name. */
export function positionOf(name: string, application: Application): number {
  const index = sourcesOf(application).findIndex((source) => source.name === name);
  if (index < 0) throw usageError(`The application has no source named "${name}".`);
  return index + 1;
}
