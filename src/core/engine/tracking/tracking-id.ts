import type { TrackingId } from './tracking-config.ts';

/** "<instance>:<group>/<kind>:<namespace>/<name>" (`compatibility.md` e). */
export function formatTrackingId({ instance, group, kind, namespace, name }: TrackingId): string {
  return `${instance}:${group}/${kind}:${namespace}/${name}`;
}

/** Reads a tracking id; undefined when the text is none. Names of roles hold colons, instances do not. */
export function parseTrackingId(text: string): TrackingId | undefined {
  const match = /^([^:]*):([^:/]*)\/([^:/]*):([^/]*)\/(.*)$/s.exec(text);
  if (match === null) return undefined;
  const [, instance = '', group = '', kind = '', namespace = '', name = ''] = match;
  return instance === '' || kind === '' || name === '' ? undefined : { instance, group, kind, namespace, name };
}
