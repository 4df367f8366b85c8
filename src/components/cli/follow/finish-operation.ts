import { toWindlassError, WindlassError } from '#base/errors';
import type { Application } from '#core/api';
import { printApplication } from '../output/print-application.ts';
import type { Invocation } from '../program/invocation.ts';
import { formatApplicationRef } from '../session/application-ref.ts';
import type { ApplicationRef, Session } from '../session/session.ts';
import { followApplication } from './follow-application.ts';

export interface FinishOptions {
  readonly ref: ApplicationRef;
  readonly timeoutMs: number;
  readonly format: string;
  /** False when resources that must go and stay make it a failure. */
  readonly isPruneAllowed: boolean;
  readonly isDryRun: boolean;
  readonly isQualifiedUrl?: boolean;
}

const refreshTimeoutMs = 10_000;

/** Follows the operation just started to its end, prints the application, and throws UNMET when it did not succeed. */
export async function finishOperation(invocation: Invocation, session: Session, options: FinishOptions): Promise<void> {
  const { ref, format, isDryRun } = options;
  const done = await untilDone(invocation, session, options);
  const application = isDryRun ? done : await compared(session, ref, done);
  await printApplication(invocation, session, application, {
    format,
    showOperation: true,
    ...(options.isQualifiedUrl === undefined ? {} : { isQualifiedUrl: options.isQualifiedUrl }),
  });
  const failure = findFailure(application, options);
  if (failure !== undefined) throw failure;
}

async function untilDone(invocation: Invocation, session: Session, options: FinishOptions): Promise<Application> {
  const { ref, timeoutMs, format } = options;
  try {
    const isQuiet = format === 'json' || format === 'yaml';
    return await followApplication(invocation, session.applications, {
      ref,
      timeoutMs,
      findUnmet: unfinished,
      isQuiet,
    });
  } catch (error) {
    throw invocation.signal.aborted ? goesOn(ref) : error;
  }
}

function goesOn(ref: ApplicationRef): WindlassError {
  const name = formatApplicationRef(ref);
  return new WindlassError({
    code: 'INTERRUPTED',
    kind: 'Cancelled',
    message: 'Interrupted; the operation goes on.',
    hint: `Watch it with "windlass app wait ${name} --operation", stop it with "windlass app terminate-op ${name}".`,
  });
}

/** Why the operation is not over; undefined when it is. The field goes when the operation is done (`compatibility.md` a.8). */
export function unfinished({ operation, status }: Application): string | undefined {
  const phase = status?.operationState?.phase;
  if (operation !== undefined && phase !== 'Running' && phase !== 'Terminating')
    return 'no controller has taken up the operation yet';
  if (operation !== undefined || phase === 'Running' || phase === 'Terminating') {
    return status?.operationState?.message ?? 'the operation runs';
  }
  return undefined;
}

/** The state after the operation, where the last comparison is older than its end. */
async function compared(session: Session, ref: ApplicationRef, application: Application): Promise<Application> {
  const { reconciledAt, operationState } = application.status ?? {};
  const finished = Date.parse(operationState?.finishedAt ?? '');
  if (reconciledAt !== undefined && Date.parse(reconciledAt) >= finished) return application;
  try {
    return await session.applications.refresh(ref, 'normal', refreshTimeoutMs);
  } catch (error) {
    if (toWindlassError(error).code === 'REFRESH_TIMEOUT') return application;
    throw error;
  }
}

function findFailure(
  application: Application,
  { ref, isPruneAllowed, isDryRun }: FinishOptions,
): WindlassError | undefined {
  const name = formatApplicationRef(ref);
  const { operationState, resources = [] } = application.status ?? {};
  if (operationState !== undefined && operationState.phase !== 'Succeeded') {
    return new WindlassError({
      code: 'UNMET',
      kind: 'FailedPrecondition',
      message: `Operation has completed with phase: ${operationState.phase}`,
      hint: `See why with "windlass why ${name}".`,
    });
  }
  const left = resources.filter((resource) => resource.requiresPruning === true).length;
  if (left === 0 || isPruneAllowed || isDryRun) return undefined;
  return new WindlassError({
    code: 'UNMET',
    kind: 'FailedPrecondition',
    message: `${left} resources require pruning`,
    hint: 'Add --prune to delete what Git does not hold any more.',
  });
}
