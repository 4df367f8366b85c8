import { WindlassError } from '#base/errors';

export interface Place {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

function at({ file, line }: Place): { at?: { file?: string; line?: number } } {
  if (file === undefined && line === undefined) return {};
  return { at: { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) } };
}

function describePlace({ file, line }: Place): string {
  if (file === undefined) return line === undefined ? '' : ` at line ${line}`;
  return ` in "${file}"${line === undefined ? '' : ` at line ${line}`}`;
}

/** The user's manifest is wrong: which file, which line, why. */
export function invalidManifest(place: Place, why: string, cause?: unknown): WindlassError {
  return new WindlassError({
    code: 'MANIFEST_INVALID',
    kind: 'InvalidInput',
    message: `Failed to read the manifest${describePlace(place)}: ${why}`,
    hint: 'Correct the manifest in the repository.',
    ...at(place),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The source is set up in a way that cannot be rendered. */
export function invalidSource(
  message: string,
  field?: string,
  hint = 'Correct the source of the application.',
): WindlassError {
  return new WindlassError({
    code: 'SOURCE_INVALID',
    kind: 'InvalidInput',
    message,
    hint,
    ...(field === undefined ? {} : { at: { field } }),
  });
}

/** Argo CD's words, which dashboards and people look for. */
export function pathNotFound(path: string): WindlassError {
  return new WindlassError({
    code: 'SOURCE_PATH_NOT_FOUND',
    kind: 'NotFound',
    message: `${path}: app path does not exist`,
    hint: 'Check the path of the source and its target revision.',
    at: { field: 'path' },
  });
}

export function fileNotFound(path: string, what: string): WindlassError {
  return new WindlassError({
    code: 'SOURCE_FILE_NOT_FOUND',
    kind: 'NotFound',
    message: `The ${what} "${path}" does not exist: no such file or directory`,
    hint: 'Check the spelling; the path is relative to the directory of the source, or to the repository with a leading "/".',
    at: { file: path },
  });
}

export function outsideRepository(path: string, what: string): WindlassError {
  return new WindlassError({
    code: 'RENDER_PATH_OUTSIDE_REPO',
    kind: 'InvalidInput',
    message: `The ${what} "${path.slice(0, 100)}" leads out of the repository.`,
    hint: 'Use a path inside the repository.',
    at: { field: what },
  });
}

export function renderLimit(message: string, file?: string): WindlassError {
  return new WindlassError({
    code: 'RENDER_LIMIT',
    kind: 'ResourceExhausted',
    message,
    hint: 'Split the application, or raise the limit in the configuration.',
    retry: 'never',
    ...(file === undefined ? {} : { at: { file } }),
  });
}
