import type { Clock } from '#base/clock';
import type { ErrorKind, WindlassError } from '#base/errors';
import type { ProgramName } from './invocation.ts';
import type { Terminal } from './terminal.ts';

export interface ReportOptions {
  readonly program: ProgramName;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly logFormat: string | undefined;
}

/** What, why and what to do next on standard error; as `argocd`, the log line that its users' scripts look for. */
export function reportError(error: WindlassError, { program, terminal, clock, logFormat }: ReportOptions): void {
  if (program === 'argocd') {
    const time = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const msg = argoMessage(error);
    terminal.note(
      logFormat === 'text'
        ? `time="${time}" level=fatal msg=${JSON.stringify(msg)}`
        : JSON.stringify({ level: 'fatal', msg, time }),
    );
    return;
  }
  terminal.note(`${terminal.styleNote(['red', 'bold'], 'error:')} ${error.message}`);
  const cause = causeOf(error);
  if (cause !== undefined) terminal.note(`${terminal.styleNote('bold', 'because:')} ${cause}`);
  const hint = error.hint ?? clusterHints[error.code];
  if (hint !== undefined) terminal.note(`${terminal.styleNote('bold', 'try:')} ${hint}`);
}

/** What to do about failures of the cluster, which the client library cannot know. */
const clusterHints: Readonly<Record<string, string>> = {
  KUBE_UNREACHABLE:
    'See with "windlass status" whether the cluster runs, or choose another with --kubeconfig or --context.',
  KUBE_UNAUTHORIZED:
    'The credentials of your kubeconfig are not accepted any more: renew them, or choose another --context.',
  KUBE_FORBIDDEN: 'Your user of the cluster lacks this right: ask for it, or choose another --context.',
  KUBE_CONFLICT: 'Somebody changed it at the same time: run the command again.',
};

const codeNames: Readonly<Record<ErrorKind, string>> = {
  InvalidInput: 'InvalidArgument',
  NotFound: 'NotFound',
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Aborted',
  Unauthenticated: 'Unauthenticated',
  Forbidden: 'PermissionDenied',
  Unavailable: 'Unavailable',
  DeadlineExceeded: 'DeadlineExceeded',
  Cancelled: 'Canceled',
  ResourceExhausted: 'ResourceExhausted',
  FailedPrecondition: 'FailedPrecondition',
  Unimplemented: 'Unimplemented',
  Internal: 'Internal',
};

const local: ReadonlySet<string> = new Set(['USAGE', 'UNMET']);

function argoMessage(error: WindlassError): string {
  const hint = error.hint === undefined ? '' : ` ${error.hint}`;
  return local.has(error.code)
    ? `${error.message}${hint}`
    : `rpc error: code = ${codeNames[error.kind]} desc = ${error.message}${hint}`;
}

/** The cause's own words, when they say more than the message does. */
function causeOf(error: WindlassError): string | undefined {
  const { cause } = error;
  if (
    error.kind === 'Cancelled' ||
    !(cause instanceof Error) ||
    cause.message === '' ||
    error.message.includes(cause.message)
  )
    return undefined;
  return cause.message;
}
