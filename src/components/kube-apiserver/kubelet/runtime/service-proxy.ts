import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Logger } from '#base/log';
import type { Cluster } from '../../controllers/framework/cluster.ts';
import { addLabelIndex, selectByLabels } from '../../controllers/framework/label-index.ts';
import { isTerminating } from '../../controllers/kinds/live-object.ts';
import { isPodReady } from '../../controllers/kinds/pod.ts';
import { pods, services } from '../../controllers/kinds/resources.ts';
import type { Service } from '../../controllers/kinds/service.ts';
import type { ContainerProcesses } from './container-processes.ts';

interface Listener {
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

/**
 * Answers on the node ports of services, on loopback, as kube-proxy would: each connection goes to the next ready pod with a
 * real process behind it. So an address stays the same while pods come and go.
 */
export class ServiceProxy {
  readonly #cluster: Cluster;
  readonly #processes: ContainerProcesses;
  readonly #log: Logger;
  readonly #listeners = new Map<number, Listener>();
  #turn = 0;

  constructor(options: { readonly cluster: Cluster; readonly processes: ContainerProcesses; readonly log: Logger }) {
    this.#cluster = options.cluster;
    this.#processes = options.processes;
    this.#log = options.log;
    addLabelIndex(this.#cluster.cache(pods));
    this.#cluster.cache(services).onChange(({ before, after }) => this.#follow(before, after));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((port) => this.#stop(port)));
  }

  #follow(before: Service | undefined, after: Service | undefined): void {
    const wanted = new Set(nodePorts(after));
    for (const port of nodePorts(before)) if (!wanted.has(port)) void this.#stop(port);
    const { namespace = '', name = '' } = after?.metadata ?? {};
    for (const port of wanted) if (!this.#listeners.has(port)) this.#listen(port, { namespace, name });
  }

  #listen(port: number, service: { readonly namespace: string; readonly name: string }): void {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      this.#forward(socket, service);
    });
    server.once('error', (error) => {
      this.#log.warn({ err: error, port, service }, 'The node port cannot be served');
      this.#listeners.delete(port);
    });
    server.listen(port, '127.0.0.1');
    server.unref();
    this.#listeners.set(port, { server, sockets });
  }

  #forward(socket: Socket, { namespace, name }: { readonly namespace: string; readonly name: string }): void {
    const address = this.#nextBackend(namespace, name);
    if (!address) {
      socket.destroy();
      return;
    }
    const upstream = connect(address);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      from.once('error', () => to.destroy());
      from.once('close', () => to.destroy());
      from.pipe(to);
    }
  }

  #nextBackend(namespace: string, name: string): { readonly host: string; readonly port: number } | undefined {
    const service = this.#cluster.cache(services).get(namespace, name);
    const matchLabels = service?.spec.selector;
    if (!matchLabels) return undefined;
    const backends = selectByLabels(this.#cluster.cache(pods), namespace, { matchLabels })
      .filter((pod) => isPodReady(pod) && !isTerminating(pod))
      .flatMap((pod) => this.#processes.addressOf(pod) ?? []);
    return backends[this.#turn++ % Math.max(1, backends.length)];
  }

  async #stop(port: number): Promise<void> {
    const listener = this.#listeners.get(port);
    this.#listeners.delete(port);
    if (!listener) return;
    for (const socket of listener.sockets) socket.destroy();
    await new Promise<void>((resolve) => listener.server.close(() => resolve()));
  }
}

function nodePorts(service: Service | undefined): number[] {
  return (service?.spec.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []).filter((port) => port > 0);
}
