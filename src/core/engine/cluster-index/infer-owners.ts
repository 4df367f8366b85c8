import { getPath } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { OwnerLink } from './node-record.ts';

/**
 * Owners that an object does not name by reference (`compatibility.md` p): candidates by name, in its own namespace. For a claim of a
 * StatefulSet every way to read "<template>-<set>-<n>" is one; `confirmsClaim` tells the right one.
 */
export function inferOwners(object: KubeObject): readonly OwnerLink[] {
  const { kind, apiVersion, metadata } = object;
  const name = metadata.name ?? '';
  if (apiVersion === 'v1') {
    if (kind === 'Endpoints') return [link('', 'Service', name)];
    if (kind === 'Secret') return named('', 'ServiceAccount', serviceAccountOf(object));
    if (kind === 'PersistentVolumeClaim') return claimOwners(name);
    return [];
  }
  if (kind === 'EndpointSlice') return named('', 'Service', metadata.labels?.['kubernetes.io/service-name']);
  if (kind === 'ClusterServiceVersion') {
    return named('operators.coreos.com', 'OperatorGroup', metadata.annotations?.['olm.operatorGroup']);
  }
  return [];
}

function serviceAccountOf(secret: KubeObject): string | undefined {
  return secret['type'] === 'kubernetes.io/service-account-token'
    ? secret.metadata.annotations?.['kubernetes.io/service-account.name']
    : undefined;
}

function claimOwners(name: string): readonly OwnerLink[] {
  const stem = /^(.+)-\d+$/.exec(name)?.[1];
  if (stem === undefined) return [];
  const owners: OwnerLink[] = [];
  for (let dash = stem.indexOf('-'); dash > 0; dash = stem.indexOf('-', dash + 1)) {
    if (dash < stem.length - 1) owners.push(link('apps', 'StatefulSet', stem.slice(dash + 1)));
  }
  return owners;
}

function named(group: string, kind: string, name: string | undefined): readonly OwnerLink[] {
  return name === undefined || name === '' ? [] : [link(group, kind, name)];
}

function link(group: string, kind: string, name: string): OwnerLink {
  return { group, kind, name, uid: '' };
}

/** The names of a StatefulSet's claim templates: what its claims begin with. */
export function claimTemplatesOf(object: KubeObject): readonly string[] {
  if (object.kind !== 'StatefulSet') return noTemplates;
  const templates = getPath(object, 'spec', 'volumeClaimTemplates');
  if (!Array.isArray(templates)) return noTemplates;
  return templates.map((template) => getPath(template, 'metadata', 'name')).filter((name) => typeof name === 'string');
}

const noTemplates: readonly string[] = Object.freeze([]);

/** Whether a claim is one of the set's. */
export function confirmsClaim(claim: string, set: string, templates: readonly string[]): boolean {
  return templates.some((template) => {
    const prefix = `${template}-${set}-`;
    return claim.startsWith(prefix) && /^\d+$/.test(claim.slice(prefix.length));
  });
}
