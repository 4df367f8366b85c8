/** Starts the embedded Kubernetes API server in this thread; resolves when it answers. Throws when the port is taken or the state is too new. */
export { startKubeApiserver } from './start.ts';
export type { ApiserverOptions, EmbeddedApiserver } from './start.ts';
export type { PodLogRequest, PodRuntime } from './pod-runtime.ts';
