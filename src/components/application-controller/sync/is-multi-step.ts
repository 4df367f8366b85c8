import type { SyncPlan } from '#core/engine';

/** Whether a sync has anything to lose between two writes: hooks, or more than one wave. Making the namespace is no wave. */
export function isMultiStep({ tasks }: Pick<SyncPlan, 'tasks'>): boolean {
  const waves = new Set<string>();
  for (const { phase, wave, hook, isNamespaceCreation } of tasks) {
    if (hook !== undefined) return true;
    if (!isNamespaceCreation) waves.add(`${phase}/${wave}`);
  }
  return waves.size > 1;
}
