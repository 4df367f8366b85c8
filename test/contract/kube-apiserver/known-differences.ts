/** Steps of `crossKinds` in which the embedded server answers differently, each with its reason. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'the old annotation of a DaemonSet is in metadata-only answers too': [
    'daemonsets.apps: get table',
    'daemonsets.apps: list table',
    'daemonsets.apps: get partial',
    'daemonsets.apps: list partial',
  ],
  'problems of an events.k8s.io Event are not reported under the core group': [
    'events.events.k8s.io: update bad label',
    'events.events.k8s.io: delete wrong uid',
  ],
  'a strategic merge keeps finalizers in the order in which they came': [
    'persistentvolumeclaims: strategic patch dry run',
    'persistentvolumes: strategic patch dry run',
    'volumeattributesclasses.storage.k8s.io: strategic patch dry run',
  ],
  'a field that nothing can be selected by is named alike for all kinds': [
    'jobs.batch: list by unknown field',
    'resourceslices.resource.k8s.io: list by unknown field',
  ],
  'a definition is established at once, by the real server in several steps': [
    'customresourcedefinitions.apiextensions.k8s.io: get',
    'customresourcedefinitions.apiextensions.k8s.io: watch',
    'customresourcedefinitions.apiextensions.k8s.io: get after',
  ],
};

export const knownDifferences: ReadonlySet<string> = new Set(Object.values(reasons).flat());
