import { withDeadline } from '#base/abort';
import { WindlassError } from '#base/errors';
import { annotations } from '#core/api';
import type { Application } from '#core/api';
import { formatApplicationRef } from '../application-ref.ts';
import type { ApplicationOperations, ApplicationRef } from '../session.ts';
import type { CoreContext } from './core-context.ts';

export interface RefreshRequest {
  readonly ref: ApplicationRef;
  readonly kind: 'normal' | 'hard';
  readonly timeoutMs: number;
}

/**
 * Asks for a reconcile by annotation and waits until the controller took it away again (`compatibility.md` a.10).
 * Throws REFRESH_TIMEOUT when no controller does.
 */
export async function refreshApplication(
  operations: Pick<ApplicationOperations, 'patch' | 'watch'>,
  { clock, signal }: CoreContext,
  { ref, kind, timeoutMs }: RefreshRequest,
): Promise<Application> {
  await operations.patch(ref, 'merge', { metadata: { annotations: { [annotations.refresh]: kind } } });
  using deadline = withDeadline(clock, timeoutMs, 'the refresh', signal);
  for await (const application of operations.watch(ref, deadline.signal)) {
    if (application === undefined) break;
    if (application.metadata.annotations?.[annotations.refresh] === undefined) return application;
  }
  signal.throwIfAborted();
  throw new WindlassError({
    code: 'REFRESH_TIMEOUT',
    kind: 'DeadlineExceeded',
    message: `Application "${formatApplicationRef(ref)}" was not refreshed within ${timeoutMs / 1000} s.`,
    hint: 'Check with "windlass status" that an application controller runs.',
  });
}
