import { withDeadline } from '#base/abort';
import { WindlassError } from '#base/errors';
import type { Invocation } from '../../program/invocation.ts';
import { formatApplicationRef } from '../../session/application-ref.ts';
import type { ApplicationOperations, ApplicationRef } from '../../session/session.ts';

export interface GoneOptions {
  readonly ref: ApplicationRef;
  /** The one that goes; another of the same name is a new one. */
  readonly uid?: string | undefined;
  /** 0 waits for ever. */
  readonly timeoutMs: number;
}

const everMs = 2 ** 31 - 1;

/** Resolves when the application does not exist. Throws UNMET when time runs out, naming what holds it. */
export async function untilGone(
  { clock, signal }: Invocation,
  applications: ApplicationOperations,
  { ref, uid, timeoutMs }: GoneOptions,
): Promise<void> {
  const name = formatApplicationRef(ref);
  using deadline = withDeadline(clock, timeoutMs === 0 ? everMs : timeoutMs, name, signal);
  let holders: readonly string[] = [];
  for await (const application of applications.watch(ref, deadline.signal)) {
    if (application === undefined || (uid !== undefined && application.metadata.uid !== uid)) return;
    holders = application.metadata.finalizers ?? [];
  }
  signal.throwIfAborted();
  throw new WindlassError({
    code: 'UNMET',
    kind: 'DeadlineExceeded',
    message: `timed out (${timeoutMs / 1000}s) waiting for app "${name}" to be deleted${holders.length === 0 ? '' : `: finalizers ${holders.join(', ')} hold it`}`,
  });
}
