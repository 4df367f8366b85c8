import { Worker } from 'node:worker_threads';
import type { Clock } from '#base/clock';
import { deferred } from '#base/deferred';
import { WindlassError } from '#base/errors';
import type { JqCall, JqReply } from './jq-messages.ts';

export interface JqRunnerOptions {
  readonly clock: Clock;
  /** How long one program may run; default 1000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Runs jq programs one after another in a worker thread. A program that does not end is killed with its worker; the next one gets a
 * new worker. The worker starts with the first program and never keeps the process alive.
 */
export class JqRunner {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #worker: Promise<Worker> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #calls = 0;

  constructor({ clock, timeoutMs = 1000 }: JqRunnerOptions) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** What the program prints for the JSON text, compact. Throws JQ_FAILED (the program's error) or JQ_TIMEOUT. */
  run(program: string, input: string): Promise<string> {
    const result = this.#last.then(() => this.#runNow(program, input));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await (await worker?.catch(() => undefined))?.terminate();
  }

  async #runNow(program: string, input: string): Promise<string> {
    const worker = await (this.#worker ??= startWorker());
    const reply = deferred<JqReply>();
    const call: JqCall = { id: ++this.#calls, program, input };
    const cancel = this.#clock.after(this.#timeoutMs, () => reply.reject(timeout(this.#timeoutMs)));
    const onExit = () => reply.reject(failed('the worker ended'));
    worker.once('message', reply.resolve);
    worker.once('error', reply.reject);
    worker.once('exit', onExit);
    worker.postMessage(call);
    try {
      return outputOf(await reply.promise);
    } catch (error) {
      // A failed program leaves a good worker; anything else leaves one that cannot be trusted.
      if (!(error instanceof WindlassError && error.code === 'JQ_FAILED')) await this.close();
      throw error;
    } finally {
      cancel();
      worker.off('message', reply.resolve).off('error', reply.reject).off('exit', onExit);
    }
  }
}

function startWorker(): Promise<Worker> {
  const worker = new Worker(new URL('./jq-worker.ts', import.meta.url), { env: {}, stdin: false });
  const started = deferred<Worker>();
  worker.once('message', () => started.resolve(worker));
  worker.once('error', started.reject);
  worker.unref();
  return started.promise;
}

function outputOf(reply: JqReply): string {
  if ('problem' in reply) throw failed(reply.problem);
  return reply.output;
}

function failed(problem: string): WindlassError {
  return new WindlassError({
    code: 'JQ_FAILED',
    kind: 'InvalidInput',
    message: `The jq expression failed: ${problem.trim()}.`,
    hint: 'Try the expression with jq on the live object.',
  });
}

function timeout(ms: number): WindlassError {
  return new WindlassError({
    code: 'JQ_TIMEOUT',
    kind: 'DeadlineExceeded',
    message: `The jq expression did not end within ${ms} ms and was stopped.`,
    hint: 'Simplify the expression.',
    retry: 'never',
  });
}
