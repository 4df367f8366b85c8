import { hashJson } from '#base/hash';
import { normalizeDesired, setTracking } from '#core/engine';
import type { TrackingConfig } from '#core/engine';
import { formatGroupKind, formatResourceKey, gvkOf, resourceKeyOf } from '#libs/kube';
import type { GroupKind, GroupVersionKind, KubeObject } from '#libs/kube';
import type { Finding } from '../status/conditions.ts';
import type { Target, Targets } from './desired-state.ts';

export interface TargetsInput {
  readonly objects: readonly KubeObject[];
  readonly instance: string;
  readonly destinationNamespace: string;
  readonly tracking: TrackingConfig;
  /** undefined = the cluster does not serve the kind. */
  isNamespaced(gvk: GroupVersionKind): boolean | undefined;
  isExcluded(kind: GroupKind): boolean;
}

/** The rendered objects as targets: placed, marked, once each (`compatibility.md` e). Pure. Throws what marking throws. */
export function buildTargets(input: TargetsInput): Targets {
  const byId = new Map<string, Target>();
  const times = new Map<string, number>();
  const findings: Finding[] = [];
  for (const [position, object] of input.objects.entries()) {
    const target = buildTarget(object, input);
    if (input.isExcluded(target.gvk)) {
      findings.push(excluded(target));
      continue;
    }
    // Objects that the server names are never the same one twice.
    const id = target.key.name === '' ? `${target.id}#${position}` : target.id;
    const count = (times.get(id) ?? 0) + 1;
    times.set(id, count);
    byId.set(id, target);
  }
  for (const [id, count] of times) if (count > 1) findings.push(repeated(byId.get(id) as Target, count));
  return { byId, findings };
}

function buildTarget(raw: KubeObject, input: TargetsInput): Target {
  const { instance, destinationNamespace, tracking } = input;
  // YAML reads a bare `n` or `1` as something that is no text; such a name names nothing.
  const name = typeof raw.metadata.name === 'string' ? raw.metadata.name : '';
  const gvk = gvkOf(raw);
  const isNamespaced = input.isNamespaced(gvk) ?? true;
  const placed = normalizeDesired(
    { ...raw, metadata: { ...raw.metadata, name } },
    { isNamespaced, destinationNamespace },
  );
  if (name === '') delete placed.metadata.name;
  const object = setTracking(placed, { instance, config: tracking, destinationNamespace });
  const key = resourceKeyOf(object);
  return { id: formatResourceKey(key), key, gvk, object, hash: hashJson(object) };
}

function repeated({ key }: Target, count: number): Finding {
  return {
    type: 'RepeatedResourceWarning',
    message: `Resource ${formatResourceKey(key)} appeared ${count} times among application resources.`,
  };
}

function excluded({ key }: Target): Finding {
  return {
    type: 'ExcludedResourceWarning',
    message: `Resource ${formatGroupKind(key)} ${key.name} is excluded in the settings`,
  };
}
