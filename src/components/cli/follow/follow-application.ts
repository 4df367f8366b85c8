import { withDeadline } from '#base/abort';
import { WindlassError } from '#base/errors';
import type { Application } from '#core/api';
import type { Invocation } from '../program/invocation.ts';
import { formatApplicationRef } from '../session/application-ref.ts';
import type { ApplicationOperations, ApplicationRef } from '../session/session.ts';
import type { ResourceRow } from '../output/resource-rows.ts';
import { progressHeader, progressRow, RowChanges } from './row-changes.ts';

export interface FollowOptions {
  readonly ref: ApplicationRef;
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  /** Why it goes on, in words; undefined ends it. */
  readonly findUnmet: (application: Application) => string | undefined;
  readonly isWanted?: (row: ResourceRow) => boolean;
  /** True when nothing but the result may be printed. */
  readonly isQuiet?: boolean;
}

const longMs = 10_000;
const heartbeatMs = 30_000;
/** setTimeout's limit; as good as for ever. */
const everMs = 2 ** 31 - 1;

/**
 * Follows an application until nothing is unmet, and tells what changes on the way: one redrawn line on a terminal, a line per
 * change elsewhere. Throws UNMET when time runs out, APPLICATION_GONE when the application is deleted.
 */
export async function followApplication(
  invocation: Invocation,
  applications: ApplicationOperations,
  options: FollowOptions,
): Promise<Application> {
  const { clock, signal } = invocation;
  const { ref, timeoutMs, findUnmet } = options;
  const name = formatApplicationRef(ref);
  using deadline = withDeadline(clock, timeoutMs === 0 ? everMs : timeoutMs, name, signal);
  using progress = new FollowProgress(invocation, options);
  let unmet: string | undefined = 'it was not seen yet';
  for await (const application of applications.watch(ref, deadline.signal)) {
    if (application === undefined) throw gone(name);
    unmet = findUnmet(application);
    progress.show(application, unmet);
    if (unmet === undefined) return application;
  }
  signal.throwIfAborted();
  throw timedOut(name, timeoutMs, unmet);
}

class FollowProgress implements Disposable {
  readonly #invocation: Invocation;
  readonly #options: FollowOptions;
  readonly #changes = new RowChanges();
  readonly #startedMs: number;
  #cancel: () => void = () => undefined;
  #unmet = '';
  #hasHeader = false;

  constructor(invocation: Invocation, options: FollowOptions) {
    this.#invocation = invocation;
    this.#options = options;
    this.#startedMs = invocation.clock.monotonic();
    this.#beat(longMs);
  }

  show(application: Application, unmet: string | undefined): void {
    const rows = this.#changes.next(application, this.#options.isWanted);
    this.#unmet = unmet ?? '';
    if (this.#options.isQuiet === true) return;
    const { program, terminal, clock } = this.#invocation;
    if (program === 'windlass' && terminal.isTerminal.stderr) {
      terminal.redraw(unmet === undefined ? '' : this.#line(application));
      return;
    }
    for (const row of rows) this.#print(progressRow(row, clock.now()));
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#invocation.terminal.finishLine();
    if (this.#hasHeader) this.#print('');
  }

  /** Argo CD prints its rows among the results; ours are no result. */
  #print(line: string): void {
    const { program, terminal } = this.#invocation;
    const print = (text: string) => (program === 'argocd' ? terminal.printLine(text) : terminal.note(text));
    if (!this.#hasHeader) print(progressHeader());
    this.#hasHeader = true;
    print(line);
  }

  #line({ metadata, status }: Application): string {
    const { phase = '', message = '' } = status?.operationState ?? {};
    const seconds = Math.round((this.#invocation.clock.monotonic() - this.#startedMs) / 1000);
    const states = [status?.sync?.status, status?.health?.status, phase].filter(Boolean).join(' · ');
    return `${metadata.name ?? ''}: ${states} (${seconds} s) ${message.split('\n')[0] ?? ''}`.trim();
  }

  /** Says what is waited for when nothing changed for long: silence looks like a hang. */
  #beat(delayMs: number): void {
    const { clock, terminal, program } = this.#invocation;
    this.#cancel = clock.after(delayMs, () => {
      if (program === 'windlass' && this.#options.isQuiet !== true) {
        const name = formatApplicationRef(this.#options.ref);
        terminal.note(`Still waiting for ${name}: ${this.#unmet === '' ? 'no answer yet' : this.#unmet}.`);
      }
      this.#beat(heartbeatMs);
    });
  }
}

function timedOut(name: string, timeoutMs: number, unmet: string | undefined): WindlassError {
  return new WindlassError({
    code: 'UNMET',
    kind: 'DeadlineExceeded',
    message: `timed out (${timeoutMs / 1000}s) waiting for app "${name}" match desired state${unmet === undefined ? '' : `: ${unmet}`}`,
    hint: `See why with "windlass why ${name}", or wait longer with --timeout.`,
  });
}

function gone(name: string): WindlassError {
  return new WindlassError({
    code: 'APPLICATION_GONE',
    kind: 'NotFound',
    message: `Application "${name}" was deleted meanwhile.`,
  });
}
