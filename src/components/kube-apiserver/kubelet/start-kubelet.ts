import type { KubeClient } from '#libs/kube';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import { Cluster } from '../controllers/framework/cluster.ts';
import { ClusterEvents } from '../controllers/framework/event-recorder.ts';
import { Feeds } from '../controllers/framework/feeds.ts';
import { runLoop } from '../controllers/framework/run-loop.ts';
import type { LiveObject } from '../controllers/kinds/live-object.ts';
import { keyOf } from '../controllers/kinds/live-object.ts';
import type { Pod } from '../controllers/kinds/pod.ts';
import { configMaps, nodes, persistentVolumeClaims, pods, secrets } from '../controllers/kinds/resources.ts';
import type { PodRuntime } from '../pod-runtime.ts';
import { StageTimers } from './due-stages.ts';
import { nodeName, registerNode } from './node.ts';
import { PodAddresses } from './pod-addresses.ts';
import { PodSurroundings } from './pod-surroundings.ts';
import { wakeWaitingPods } from './wake-waiting-pods.ts';
import { reconcilePod } from './reconcile-pod.ts';
import type { ProcessMapping } from './runtime/container-processes.ts';
import { ContainerProcesses } from './runtime/container-processes.ts';
import { PodLogs } from './runtime/pod-logs.ts';
import { ServiceProxy } from './runtime/service-proxy.ts';
import { schedulePod } from './scheduler/schedule-pod.ts';
import type { KubeletTiming } from './stages/kubelet-timing.ts';

export type { ProcessMapping };

export interface KubeletOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** From scheduling to running, in milliseconds; default 300. */
  readonly readyAfterMs?: number;
  /** The other delays of the simulation. */
  readonly timing?: Partial<KubeletTiming>;
  /** Local programs that stand in for containers; default none. With any, node ports of services are served on loopback. */
  readonly processes?: readonly ProcessMapping[];
  /** Working directory of such a program whose mapping names none. */
  readonly dataDir?: string;
}

export interface Kubelet {
  readonly runtime: PodRuntime;
  /** Where the real process behind a container listens; undefined for a simulated one. */
  processAddress(
    namespace: string,
    pod: string,
    container?: string,
  ): { readonly host: string; readonly port: number } | undefined;
  close(): Promise<void>;
}

const defaultTiming: KubeletTiming = {
  startMs: 300,
  runMs: 200,
  pullRetryMs: 200,
  probeDelayCapMs: 2000,
  restartMs: 10_000,
  stopMs: 50,
};

export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { client, clock, log } = options;
  const { readyAfterMs = defaultTiming.startMs, dataDir } = options;
  const feeds = new Feeds({ client, clock, log });
  const cluster = new Cluster({ client, feeds, fieldManager: 'kubelet' });
  const events = new ClusterEvents({ client, clock, log });
  const podCache = cluster.cache(pods);
  for (const resource of [nodes, persistentVolumeClaims, configMaps, secrets]) cluster.cache<LiveObject>(resource);
  const processes = new ContainerProcesses({
    clock,
    mappings: (options.processes ?? []).map((mapping) => ({
      ...(dataDir === undefined ? {} : { cwd: dataDir }),
      ...mapping,
    })),
    onChange(key) {
      kubelet.add(key);
      runtime.notify();
    },
  });
  const deps = {
    cluster,
    clock,
    processes,
    events: events.recorder('kubelet', nodeName),
    timing: { ...defaultTiming, startMs: readyAfterMs, ...options.timing },
    timers: new StageTimers(),
    addresses: new PodAddresses(podCache),
    around: new PodSurroundings(cluster, processes),
  };
  const kubelet = runLoop(
    { clock, log },
    { name: 'kubelet', workers: 10, reconcile: (key, signal) => reconcilePod({ ...deps, signal }, key) },
  );
  const scheduling = { cluster, clock, events: events.recorder('default-scheduler') };
  const scheduler = runLoop(
    { clock, log },
    { name: 'scheduler', workers: 10, reconcile: (key, signal) => schedulePod({ ...scheduling, signal }, key) },
  );
  // Without real processes nothing could answer on a node port.
  const proxy = (options.processes ?? []).length > 0 ? new ServiceProxy({ cluster, processes, log }) : undefined;
  const runtime = new PodLogs({ pods: podCache, processes, clock });
  await registerNode(client, clock);
  podCache.onChange(({ before, after }) => {
    if (before && before.metadata.uid !== after?.metadata.uid) forgetPod(before, deps);
    if (after) (after.spec.nodeName ? kubelet : scheduler).add(keyOf(after));
  });
  wakeWaitingPods(cluster, { kubelet, scheduler });
  await feeds.synced();
  kubelet.start();
  scheduler.start();
  return {
    runtime,
    processAddress: (namespace, name, container) => processes.addressOf(podCache.get(namespace, name), container),
    async close() {
      await Promise.all([kubelet.close(), scheduler.close()]);
      await proxy?.close();
      await processes.close();
      await events.close();
      await feeds.close();
    },
  };
}

function forgetPod(
  pod: Pod,
  { timers, processes }: { readonly timers: StageTimers; readonly processes: ContainerProcesses },
): void {
  timers.forget(pod);
  void processes.stopPod(pod.metadata.uid, 2000);
}
