import { WindlassError } from '#base/errors';
import type { ApplicationDestination } from '#core/api';

export const inClusterServer = 'https://kubernetes.default.svc';
export const inClusterName = 'in-cluster';

export interface KnownCluster {
  readonly server: string;
  readonly name: string;
}

/** The cluster that a destination names (`compatibility.md` a.1). Throws INVALID_DESTINATION: none, or more than one. */
export function resolveDestination<T extends KnownCluster>(
  { server = '', name = '' }: ApplicationDestination,
  clusters: readonly T[],
): T {
  if (server !== '' && name !== '') {
    throw invalid(`application destination can't have both name and server defined: ${name} ${server}`);
  }
  if (server !== '') {
    const wanted = server.replace(/\/+$/, '');
    const found = clusters.find((cluster) => cluster.server === wanted);
    if (found) return found;
    throw invalid(`there are no clusters with this server: ${server}`);
  }
  if (name === '') throw invalid('Destination server missing from app spec');
  const found = clusters.filter((cluster) => cluster.name === name);
  if (found.length === 1) return found[0] as T;
  if (found.length === 0) throw invalid(`there are no clusters with this name: ${name}`);
  throw invalid(`there are ${found.length} clusters with the same name: [${found.map((one) => one.server).join(' ')}]`);
}

function invalid(message: string): WindlassError {
  return new WindlassError({ code: 'INVALID_DESTINATION', kind: 'InvalidInput', message });
}
