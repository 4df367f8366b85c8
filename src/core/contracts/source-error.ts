import { WindlassError } from '#base/errors';

/**
 * An error of one source as conditions of applications word it, which is how Argo CD does (`docs/compatibility.md`, g): the
 * controller puts "Failed to load target state: " in front. Index counts from 0.
 */
export function sourceError(error: WindlassError, index: number, count: number): WindlassError {
  if (error.kind === 'Cancelled') return error;
  return new WindlassError({
    ...error.toJSON(),
    message: `failed to generate manifest for source ${index + 1} of ${count}: ${error.message}`,
    cause: error,
  });
}
