import { WindlassError } from '#base/errors';

/** A patch that cannot be applied. `TEST_FAILED` and `NOT_FOUND` are what the API server answers 422 for. */
export function patchError(
  code: 'PATCH_INVALID' | 'PATCH_TEST_FAILED' | 'PATCH_NOT_FOUND',
  message: string,
): WindlassError {
  return new WindlassError({ code, kind: 'InvalidInput', message });
}
