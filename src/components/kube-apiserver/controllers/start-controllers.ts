import type { KubeClient } from '#libs/kube';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import { Cluster } from './framework/cluster.ts';
import type { ControllerContext } from './framework/context.ts';
import { ClusterEvents } from './framework/event-recorder.ts';
import { Feeds } from './framework/feeds.ts';
import type { RunningLoop } from './framework/run-loop.ts';
import { followEverything, watchDefinitions } from './framework/follow-everything.ts';
import { runLoop } from './framework/run-loop.ts';
import { controllers } from './registry.ts';
import { startLoadBalancerSimulation } from './service/load-balancer-simulation.ts';
import { startVolumeProvisioner } from './storage/provision-volumes.ts';

export interface ControllersOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry;
  /** The API server's certificate authority as PEM, published to every namespace. */
  readonly rootCa?: string;
  /** Give Services of type LoadBalancer and Ingresses an address, since nothing else will. Default true. */
  readonly simulateLoadBalancers?: boolean;
  /** Bind claims of the default storage class to volumes that hold nothing. Default true. */
  readonly provisionVolumes?: boolean;
}

export interface Controllers {
  close(): Promise<void>;
}

export async function startControllers(options: ControllersOptions): Promise<Controllers> {
  const { client, clock, log } = options;
  const feeds = new Feeds({ client, clock, log });
  const cluster = new Cluster({ client, feeds, fieldManager: 'kube-controller-manager' });
  const events = new ClusterEvents({ client, clock, log });
  const loops: RunningLoop[] = [];
  const context: ControllerContext = {
    cluster,
    clock,
    log,
    rootCa: options.rootCa ?? '',
    eventsOf: (component) => events.recorder(component),
    startLoop(spec) {
      const loop = runLoop({ clock, log, metrics: options.metrics }, spec);
      loops.push(loop);
      return loop;
    },
  };
  for (const start of controllers) start(context);
  if (options.simulateLoadBalancers ?? true) startLoadBalancerSimulation(context);
  if (options.provisionVolumes ?? true) startVolumeProvisioner(context);
  watchDefinitions(context);
  await followEverything(cluster);
  await feeds.synced();
  for (const loop of loops) loop.start();
  return {
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
      await events.close();
      await feeds.close();
    },
  };
}
