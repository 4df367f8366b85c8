import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import { createLogger } from '#base/log';
import { startControllers } from '../controllers/index.ts';
import { startKubelet } from '../kubelet/index.ts';
import { startKubeApiserver } from '../start.ts';
import type { WorkerMessage, WorkerRequest, WorkerStart } from './worker-messages.ts';

/** The thread of the embedded cluster: the API server, and beside it the controllers and the kubelet, without HTTP between them. */
async function main(start: WorkerStart): Promise<void> {
  const log = createLogger({ level: start.logLevel, format: start.logFormat }).child({ component: 'kube-apiserver' });
  const clock = systemClock;
  const server = await startKubeApiserver({
    dataDir: start.dataDir,
    port: start.port,
    clock,
    log,
    ...(start.token === undefined ? {} : { token: start.token }),
  });
  const parts = start.controllers ? await startParts() : [];
  const { url, port, caPem, token, kubeconfig } = server;
  post({ type: 'started', url, port, caPem, token, kubeconfig });
  parentPort?.once('message', (request: WorkerRequest) => {
    if (request.type === 'close') void close();
  });

  async function startParts(): Promise<{ close(): Promise<void> }[]> {
    const { client } = server;
    const controllers = await startControllers({
      client,
      clock,
      log: log.child({ component: 'kube-controllers' }),
      simulateLoadBalancers: start.simulateLoadBalancers,
      rootCa: server.caPem,
    });
    const { processes, readyAfterMs } = start;
    const timing = readyAfterMs === undefined ? {} : { readyAfterMs };
    const dataDir = start.dataDir === ':memory:' ? {} : { dataDir: start.dataDir };
    const kubelet = await startKubelet({
      client,
      clock,
      log: log.child({ component: 'kubelet' }),
      processes,
      ...timing,
      ...dataDir,
    });
    server.attachRuntime(kubelet.runtime);
    return [kubelet, controllers];
  }

  async function close(): Promise<void> {
    for (const part of parts) await part.close();
    await server.close();
    post({ type: 'closed' });
    parentPort?.close();
  }
}

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

main(workerData as WorkerStart).catch((error: unknown) => {
  const { code, message } = toWindlassError(error);
  post({ type: 'failed', code, message });
  parentPort?.close();
});
