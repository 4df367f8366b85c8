import type { KubeObject } from '#libs/kube';
import { resourceKeyOf } from '#libs/kube';
import { compareResource } from '../diff/compare-resource.ts';
import { needsApply } from '../diff/summarize-sync.ts';
import { isNamespace } from '../kinds.ts';
import type { PlanInput } from './plan-input.ts';
import type { SyncTask } from './sync-plan.ts';
import { baseTask } from './base-task.ts';

/**
 * The task that makes the destination namespace (`CreateNamespace=true`): nothing when the application brings that namespace itself
 * or when it is there and nobody manages its metadata.
 */
export function namespaceTask(input: PlanInput): SyncTask | undefined {
  const { options, destinationNamespace: name, managedNamespaceMetadata: managed } = input;
  if (!options.createNamespace || name === '') return undefined;
  if (input.targets.some((target) => isNamespace(target) && target.metadata.name === name)) return undefined;
  const desired: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      ...(managed?.labels === undefined ? {} : { labels: { ...managed.labels } }),
      ...(managed?.annotations === undefined ? {} : { annotations: { ...managed.annotations } }),
    },
  };
  const live = input.live(resourceKeyOf(desired));
  if (live !== undefined && managed === undefined) return undefined;
  const isInSync = live !== undefined && !needsApply(compareResource({ desired, live, migratedManagers: [] }));
  return {
    ...baseTask(desired, 'PreSync', input),
    action: isInSync ? 'none' : managed === undefined ? 'create' : 'apply',
    desired,
    isNamespaceCreation: true,
    saysServerSide: managed !== undefined,
    skipped: isInSync ? 'unchanged' : undefined,
    liveUid: live?.metadata.uid,
  };
}
