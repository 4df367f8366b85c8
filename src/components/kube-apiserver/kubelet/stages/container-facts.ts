import type { Container, ContainerStatus, Pod } from '../../controllers/kinds/pod.ts';

export type ContainerRole = 'init' | 'sidecar' | 'main';

/** What a stage may ask about a container. */
export interface ContainerFacts {
  readonly role: ContainerRole;
  readonly state: 'waiting' | 'running' | 'terminated';
  /** The reason of the waiting state, "" in another state. */
  readonly waiting: string;
  readonly image: 'ok' | 'broken' | 'crash';
  /** The init containers before it are done and the sidecars before it run. */
  readonly isItsTurn: boolean;
  /** Its ConfigMap and Secret keys are there. */
  readonly isConfigured: boolean;
  /** The pod's ConfigMap and Secret volumes are there. */
  readonly isMounted: boolean;
  /** A task rather than a server: an init container, or the pod's restart policy is not Always. */
  readonly endsByItself: boolean;
  readonly isStarted: boolean;
  readonly isReady: boolean;
  readonly restarts: 'no' | 'at once' | 'later';
  /** The real local process behind it, if one is mapped to its image. */
  readonly process: ProcessState;
}

export type ProcessState = 'none' | 'starting' | 'ready' | 'succeeded' | 'failed';

export interface ContainerSlot {
  readonly container: Container;
  readonly role: ContainerRole;
  readonly status: ContainerStatus;
}

/** The containers of a pod with their statuses, in the order in which they start. */
export function containerSlots(pod: Pod): ContainerSlot[] {
  const statuses = new Map(
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].map((status) => [
      status.name,
      status,
    ]),
  );
  const slot = (container: Container, role: ContainerRole): ContainerSlot[] => {
    const status = statuses.get(container.name);
    return status ? [{ container, role, status }] : [];
  };
  return [
    ...(pod.spec.initContainers ?? []).flatMap((container) =>
      slot(container, container.restartPolicy === 'Always' ? 'sidecar' : 'init'),
    ),
    ...pod.spec.containers.flatMap((container) => slot(container, 'main')),
  ];
}

/** What the kubelet knows besides the pod itself. */
export interface Surroundings {
  /** Why a container cannot be configured, in the kubelet's words. */
  missingConfig(pod: Pod, container: Container): string | undefined;
  missingVolume(pod: Pod): string | undefined;
  processState(pod: Pod, container: Container): ProcessState;
}

export function containerFacts(
  pod: Pod,
  slot: ContainerSlot,
  slots: readonly ContainerSlot[],
  around: Surroundings,
): ContainerFacts {
  const { container, role, status } = slot;
  const state = status.state.running ? 'running' : status.state.terminated ? 'terminated' : 'waiting';
  const isWaiting = state === 'waiting';
  return {
    role,
    state,
    waiting: status.state.waiting?.reason ?? '',
    image: imageBehaviour(container.image ?? ''),
    isItsTurn: slots.slice(0, slots.indexOf(slot)).every((earlier) => earlier.role === 'main' || isPast(earlier)),
    isConfigured: !isWaiting || around.missingConfig(pod, container) === undefined,
    isMounted: !isWaiting || around.missingVolume(pod) === undefined,
    endsByItself:
      role === 'init' ||
      (role === 'main' && pod.spec.restartPolicy !== undefined && pod.spec.restartPolicy !== 'Always'),
    isStarted: status.started === true,
    isReady: status.ready,
    restarts: restartsOf(pod, slot),
    process: around.processState(pod, container),
  };
}

export function imageBehaviour(image: string): ContainerFacts['image'] {
  if (image.includes('broken')) return 'broken';
  return image.includes('crash') ? 'crash' : 'ok';
}

function isPast({ role, status }: ContainerSlot): boolean {
  return role === 'init' ? status.state.terminated?.exitCode === 0 : status.started === true;
}

function restartsOf(pod: Pod, { role, status }: ContainerSlot): ContainerFacts['restarts'] {
  const ended = status.state.terminated;
  if (!ended) return 'no';
  const policy = pod.spec.restartPolicy ?? 'Always';
  const isWanted =
    role === 'sidecar' || (role === 'main' && policy === 'Always') || (ended.exitCode !== 0 && policy !== 'Never');
  if (!isWanted) return 'no';
  return status.restartCount === 0 ? 'at once' : 'later';
}
