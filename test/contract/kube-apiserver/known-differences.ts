/** Steps of `crossKinds` and of the scenarios in which the embedded server answers differently, each with its reason. */
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
  'a field that nothing can be selected by is named alike for all kinds': [
    'jobs.batch: list by unknown field',
    'resourceslices.resource.k8s.io: list by unknown field',
  ],
  'a value of the wrong type is shown in an applied configuration as custom resources show it': ['applies: wrong type'],
};

export const knownDifferences: ReadonlySet<string> = new Set(Object.values(reasons).flat());

/** Kinds whose status a loop inside the server writes a moment after each change: how soon is not part of the contract. */
const settling = [
  'apiservices.apiregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
];
const momentary = [
  'get',
  'get table',
  'get partial',
  'list',
  'list table',
  'list partial',
  'watch',
  'get after',
  'merge patch',
  'merge patch again',
];

/** Steps whose answer depends on how fast the real server was. */
export const timingDependent: ReadonlySet<string> = new Set(
  settling.flatMap((kind) => momentary.map((step) => `${kind}: ${step}`)),
);
