import type { KubeObject } from '#libs/kube';

/** Field names of v1 Events and what events.k8s.io/v1 calls them. */
const names: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

export function eventToEvents(event: KubeObject): KubeObject {
  return rename(event, 'events.k8s.io/v1', new Map(names));
}

export function eventToCore(event: KubeObject): KubeObject {
  return rename(event, 'v1', new Map(names.map(([core, events]) => [events, core])));
}

function rename(event: KubeObject, apiVersion: string, renamed: ReadonlyMap<string, string>): KubeObject {
  const converted: KubeObject = { apiVersion, kind: event.kind, metadata: event.metadata };
  for (const [key, value] of Object.entries(event)) {
    if (key !== 'apiVersion' && key !== 'kind' && key !== 'metadata') converted[renamed.get(key) ?? key] = value;
  }
  return converted;
}
