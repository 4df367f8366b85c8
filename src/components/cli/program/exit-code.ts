import type { ErrorKind, WindlassError } from '#base/errors';
import { errorTable } from '#base/errors';

/** Exit codes of native verbs, which tell failures apart (`ux.md` 4.3); other kinds exit as the table of errors says. */
const native: Readonly<Partial<Record<ErrorKind, number>>> = {
  Unauthenticated: 3,
  Forbidden: 4,
  NotFound: 5,
  FailedPrecondition: 6,
  DeadlineExceeded: 7,
  Conflict: 8,
  Cancelled: 130,
};

const usageCode = 'USAGE';

/** The exit code for a failure: Argo CD's (1 for usage, 20 for the rest; `compatibility.md` m), or a native verb's. */
export function exitCodeOf(error: WindlassError, isNative: boolean): number {
  if (error.code === usageCode) return isNative ? 2 : 1;
  if (error.code === unmetCode) return 1;
  if (error.kind === 'Cancelled') return 130;
  return (isNative ? native[error.kind] : undefined) ?? errorTable[error.kind].exit;
}

/** The command did its work and the answer is no: a failed sync, a wait that was not met. */
const unmetCode = 'UNMET';
