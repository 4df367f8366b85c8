import type { Pod } from '../controllers/kinds/pod.ts';
import { isPodFinished } from '../controllers/kinds/pod.ts';
import type { ContainerSlot, Surroundings } from './stages/container-facts.ts';
import { containerFacts, containerSlots } from './stages/container-facts.ts';
import type { ContainerStage } from './stages/container-stages.ts';
import { containerStages } from './stages/container-stages.ts';
import type { KubeletTiming } from './stages/kubelet-timing.ts';
import { delayMs } from './stages/kubelet-timing.ts';
import { matchStage } from './stages/match-stage.ts';

export interface PendingStage {
  readonly slot: ContainerSlot;
  readonly stage: ContainerStage;
  readonly delayMs: number;
}

/** What happens next to each container of a pod, and how long after that became so. */
export function pendingStages(pod: Pod, around: Surroundings, timing: KubeletTiming): PendingStage[] {
  if (isPodFinished(pod)) return [];
  const slots = containerSlots(pod);
  return slots.flatMap((slot) => {
    const stage = matchStage(containerStages, containerFacts(pod, slot, slots, around));
    return stage ? [{ slot, stage, delayMs: delayMs(timing, stage.delay, slot) }] : [];
  });
}

/** Since when each container has been waiting for its next stage: conditions and states carry whole seconds only. */
export class StageTimers {
  readonly #since = new Map<string, { readonly mark: string; readonly sinceMs: number }>();

  /** When a stage is due. Starts counting the first time it is asked for in this state. */
  dueAt(pod: Pod, { slot, stage, delayMs: delay }: PendingStage, nowMs: number): number {
    const id = `${pod.metadata.uid}/${slot.container.name}`;
    const mark = `${stage.name}/${slot.status.restartCount}/${slot.container.image ?? ''}`;
    const known = this.#since.get(id);
    if (known?.mark === mark) return known.sinceMs + delay;
    this.#since.set(id, { mark, sinceMs: nowMs });
    return nowMs + delay;
  }

  /** The same for the end of a pod. */
  stopAt(pod: Pod, delay: number, nowMs: number): number {
    const id = `${pod.metadata.uid}/`;
    const known = this.#since.get(id);
    if (!known) this.#since.set(id, { mark: 'stop', sinceMs: nowMs });
    return (known?.sinceMs ?? nowMs) + delay;
  }

  forget(pod: Pod): void {
    this.#since.delete(`${pod.metadata.uid}/`);
    for (const { name } of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
      this.#since.delete(`${pod.metadata.uid}/${name}`);
  }
}
