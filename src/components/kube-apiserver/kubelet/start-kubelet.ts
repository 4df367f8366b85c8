import type { KubeClient } from '#libs/kube';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import { Cluster } from '../controllers/framework/cluster.ts';
import { ClusterEvents } from '../controllers/framework/event-recorder.ts';
import { Feeds } from '../controllers/framework/feeds.ts';
import { runLoop } from '../controllers/framework/run-loop.ts';
import { keyOf } from '../controllers/kinds/live-object.ts';
import type { Container, Pod } from '../controllers/kinds/pod.ts';
import { configMaps, nodes, persistentVolumeClaims, pods, secrets } from '../controllers/kinds/resources.ts';
import type { PodRuntime } from '../pod-runtime.ts';
import { StageTimers } from './due-stages.ts';
import { nodeName, registerNode } from './node.ts';
import { PodAddresses } from './pod-addresses.ts';
import { reconcilePod } from './reconcile-pod.ts';
import type { ProcessMapping } from './runtime/container-processes.ts';
import { ContainerProcesses } from './runtime/container-processes.ts';
import { PodLogs } from './runtime/pod-logs.ts';
import { missingVolume, resolveEnvironment } from './runtime/resolve-environment.ts';
import { valueSources } from './runtime/value-sources.ts';
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
  /** Local programs that stand in for containers; default none. */
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
  const { readyAfterMs = defaultTiming.startMs } = options;
  const timing: KubeletTiming = { ...defaultTiming, startMs: readyAfterMs, ...options.timing };
  const feeds = new Feeds({ client, clock, log });
  const cluster = new Cluster({ client, feeds, fieldManager: 'kubelet' });
  const events = new ClusterEvents({ client, clock, log });
  const podCache = cluster.cache(pods);
  for (const resource of [nodes, persistentVolumeClaims, configMaps, secrets]) cluster.cache(resource);
  const mappings = (options.processes ?? []).map((mapping) => ({
    ...(options.dataDir === undefined ? {} : { cwd: options.dataDir }),
    ...mapping,
  }));
  const processes = new ContainerProcesses({
    clock,
    mappings,
    onChange(key) {
      podLoop.add(key);
      runtime.notify();
    },
  });
  const sources = (namespace: string) => valueSources(cluster, namespace);
  const environmentOf = (pod: Pod, container: Container) =>
    resolveEnvironment(pod, container, sources(pod.metadata.namespace ?? ''));
  const around = {
    missingConfig(pod: Pod, container: Container) {
      const environment = environmentOf(pod, container);
      return 'problem' in environment ? environment.problem : undefined;
    },
    missingVolume: (pod: Pod) => missingVolume(pod, sources(pod.metadata.namespace ?? '')),
    processState: (pod: Pod, container: Container) => processes.stateOf(pod, container),
  };
  const addresses = new PodAddresses(podCache);
  const timers = new StageTimers();
  const kubeletEvents = events.recorder('kubelet', nodeName);
  const podLoop = runLoop(
    { clock, log },
    {
      name: 'kubelet',
      workers: 10,
      reconcile: (key, signal) =>
        reconcilePod(
          {
            cluster,
            clock,
            timing,
            timers,
            addresses,
            processes,
            around,
            environmentOf,
            events: kubeletEvents,
            signal,
          },
          key,
        ),
    },
  );
  const schedulerEvents = events.recorder('default-scheduler');
  const schedulerLoop = runLoop(
    { clock, log },
    {
      name: 'scheduler',
      workers: 10,
      reconcile: (key, signal) => schedulePod({ cluster, clock, events: schedulerEvents, signal }, key),
    },
  );
  const runtime = new PodLogs({ pods: podCache, processes, clock });
  await registerNode(client, clock);
  podCache.onChange(({ before, after }) => {
    if (before && before.metadata.uid !== after?.metadata.uid) {
      timers.forget(before);
      void processes.stopPod(before.metadata.uid, 2000);
    }
    if (after) (after.spec.nodeName ? podLoop : schedulerLoop).add(keyOf(after));
  });
  wakeWaitingPods(cluster, { podLoop, schedulerLoop });
  await feeds.synced();
  podLoop.start();
  schedulerLoop.start();
  return {
    runtime,
    processAddress(namespace, name, container) {
      const pod = podCache.get(namespace, name);
      const port = pod && processes.find(pod, container ?? pod.spec.containers[0]?.name ?? '')?.port;
      return port === undefined ? undefined : { host: '127.0.0.1', port };
    },
    async close() {
      await Promise.all([podLoop.close(), schedulerLoop.close()]);
      await processes.close();
      await events.close();
      await feeds.close();
    },
  };
}

/** What pods wait for may arrive later: configuration for their containers, volumes for their claims. */
function wakeWaitingPods(
  cluster: Cluster,
  loops: { readonly podLoop: { add(key: string): void }; readonly schedulerLoop: { add(key: string): void } },
): void {
  const podCache = cluster.cache(pods);
  const isWaiting = (pod: Pod) =>
    [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].some(
      (status) => status.state.waiting,
    );
  podCache.addIndex('waiting', (pod) => (pod.spec.nodeName && isWaiting(pod) ? [pod.metadata.namespace ?? ''] : []));
  podCache.addIndex('unscheduled', (pod) => (pod.spec.nodeName ? [] : [pod.metadata.namespace ?? '']));
  for (const resource of [configMaps, secrets]) {
    cluster.cache(resource).onChange(({ after }) => {
      for (const pod of after ? podCache.byIndex('waiting', after.metadata.namespace ?? '') : [])
        loops.podLoop.add(keyOf(pod));
    });
  }
  cluster.cache(persistentVolumeClaims).onChange(({ after }) => {
    for (const pod of after ? podCache.byIndex('unscheduled', after.metadata.namespace ?? '') : [])
      loops.schedulerLoop.add(keyOf(pod));
  });
}
