import { Worker } from 'node:worker_threads';
import { deferred } from '#base/deferred';
import { WindlassError } from '#base/errors';
import type { LogLevel } from '#base/log';
import type { ProcessMapping } from '../kubelet/index.ts';
import type { EmbeddedApiserver } from '../start.ts';
import type { WorkerMessage, WorkerRequest, WorkerStart } from './worker-messages.ts';

export interface ApiserverWorkerOptions {
  /** Where the objects are kept; ":memory:" keeps nothing. */
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly token?: string;
  /** Default `warn`, as JSON lines on standard error. */
  readonly logLevel?: LogLevel;
  readonly logFormat?: 'json' | 'text';
  /** Run the controllers and the simulated kubelet in the same thread. Default true. */
  readonly controllers?: boolean;
  /** Local programs that stand in for containers; default none. */
  readonly processes?: readonly ProcessMapping[];
  /** From scheduling to running, in milliseconds. */
  readonly readyAfterMs?: number;
  /** Addresses for LoadBalancer Services and Ingresses. Default true: health waits for one. */
  readonly simulateLoadBalancers?: boolean;
}

export type ApiserverWorker = Omit<EmbeddedApiserver, 'client' | 'attachRuntime'>;

type Started = Extract<WorkerMessage, { type: 'started' }>;

export async function startKubeApiserverWorker(options: ApiserverWorkerOptions): Promise<ApiserverWorker> {
  const start: WorkerStart = {
    dataDir: options.dataDir,
    port: options.port,
    token: options.token,
    logLevel: options.logLevel ?? 'warn',
    logFormat: options.logFormat ?? 'json',
    controllers: options.controllers ?? true,
    processes: options.processes ?? [],
    readyAfterMs: options.readyAfterMs,
    simulateLoadBalancers: options.simulateLoadBalancers ?? true,
  };
  const worker = new Worker(new URL('./worker-main.ts', import.meta.url), {
    workerData: start,
    name: 'kube-apiserver',
    execArgv: [],
  });
  const started = deferred<Started>();
  const ended = deferred<void>();
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'started') started.resolve(message);
    else if (message.type === 'failed') started.reject(failed(message.message));
  });
  worker.on('error', (error: unknown) => started.reject(error));
  worker.on('exit', () => {
    started.reject(failed('its thread ended'));
    ended.resolve();
  });
  const { url, port, caPem, token, kubeconfig } = await started.promise;
  return {
    url,
    port,
    caPem,
    token,
    kubeconfig,
    async close() {
      const request: WorkerRequest = { type: 'close' };
      worker.postMessage(request);
      await ended.promise;
    },
  };
}

function failed(why: string): WindlassError {
  return new WindlassError({
    code: 'APISERVER_FAILED',
    kind: 'Unavailable',
    message: `The embedded API server did not start: ${why}.`,
  });
}
