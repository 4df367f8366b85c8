/** Starts the embedded Kubernetes API server in this thread; resolves when it answers. Throws when the port is taken or the state is too new. */
export { startKubeApiserver } from './start.ts';
export type { ApiserverOptions, EmbeddedApiserver } from './start.ts';
/**
 * Starts the embedded cluster (API server, controllers, simulated kubelet) in a thread of its own; resolves when it answers.
 * Throws APISERVER_FAILED.
 */
export { startKubeApiserverWorker } from './worker/start-worker.ts';
export type { ApiserverWorker, ApiserverWorkerOptions } from './worker/start-worker.ts';
export type { PodLogRequest, PodRuntime } from './pod-runtime.ts';
