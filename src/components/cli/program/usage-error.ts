import { WindlassError } from '#base/errors';

/** What the user typed cannot be understood; nothing was done. */
export function usageError(message: string, hint?: string): WindlassError {
  return new WindlassError({ code: 'USAGE', kind: 'InvalidInput', message, ...(hint === undefined ? {} : { hint }) });
}
