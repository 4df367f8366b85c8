import type { AppProjectSpec } from '#core/api';
import { isDenial, matchPattern } from './match-pattern.ts';

/** A resolved destination: the cluster under both its names. */
export interface ProjectDestination {
  readonly server: string;
  readonly name: string;
  readonly namespace: string;
}

/** Whether a project permits a destination (`compatibility.md` b.2). */
export function matchDestination(
  { destinations = [] }: Pick<AppProjectSpec, 'destinations'>,
  destination: ProjectDestination,
): boolean {
  let isAllowed = false;
  for (const item of destinations) {
    const [name, server, namespace] = [item.name ?? '', item.server ?? '', item.namespace ?? ''];
    const nameMatches = destination.name !== '' && matchPattern(name, destination.name);
    const serverMatches = destination.server !== '' && matchPattern(server, destination.server);
    const namespaceMatches = matchPattern(namespace, destination.namespace);
    if ((serverMatches || nameMatches) && namespaceMatches) isAllowed = true;
    else if ((!nameMatches && isDenial(name)) || (!serverMatches && isDenial(server) && namespaceMatches)) return false;
    else if (!namespaceMatches && isDenial(namespace) && serverMatches) return false;
  }
  return isAllowed;
}
