import type { LogLevel } from '#base/log';
import type { ProcessMapping } from '../kubelet/index.ts';

/** What the worker is started with: only what can be copied between threads. */
export interface WorkerStart {
  readonly dataDir: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'text';
  readonly controllers: boolean;
  readonly processes: readonly ProcessMapping[];
  readonly readyAfterMs: number | undefined;
  readonly simulateLoadBalancers: boolean;
}

export type WorkerMessage =
  | {
      readonly type: 'started';
      readonly url: string;
      readonly port: number;
      readonly caPem: string;
      readonly token: string;
      readonly kubeconfig: string;
    }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'closed' };

export interface WorkerRequest {
  readonly type: 'close';
}
