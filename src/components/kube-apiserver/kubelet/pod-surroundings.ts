import type { Cluster } from '../controllers/framework/cluster.ts';
import type { Container, Pod } from '../controllers/kinds/pod.ts';
import type { ContainerProcesses } from './runtime/container-processes.ts';
import type { Environment } from './runtime/resolve-environment.ts';
import { missingVolume, resolveEnvironment } from './runtime/resolve-environment.ts';
import { valueSources } from './runtime/value-sources.ts';
import type { ProcessState, Surroundings } from './stages/container-facts.ts';

/** What stages ask about the world around a pod, answered from the caches and the running processes. */
export class PodSurroundings implements Surroundings {
  readonly #cluster: Cluster;
  readonly #processes: ContainerProcesses;

  constructor(cluster: Cluster, processes: ContainerProcesses) {
    this.#cluster = cluster;
    this.#processes = processes;
  }

  environmentOf(pod: Pod, container: Container): Environment {
    return resolveEnvironment(pod, container, valueSources(this.#cluster, pod.metadata.namespace ?? ''));
  }

  missingConfig(pod: Pod, container: Container): string | undefined {
    const environment = this.environmentOf(pod, container);
    return 'problem' in environment ? environment.problem : undefined;
  }

  missingVolume(pod: Pod): string | undefined {
    return missingVolume(pod, valueSources(this.#cluster, pod.metadata.namespace ?? ''));
  }

  processState(pod: Pod, container: Container): ProcessState {
    return this.#processes.stateOf(pod, container);
  }
}
