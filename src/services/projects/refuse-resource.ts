import type { AppProject } from '#core/api';
import type { KubeObject } from '#libs/kube';
import { parseApiVersion } from '#libs/kube';
import { matchDestination } from './match-destination.ts';
import { matchKind } from './match-kind.ts';

export interface ResourcePlace {
  readonly isNamespaced: boolean;
  readonly server: string;
  readonly clusterName: string;
}

/** Why a project forbids one object in a cluster, in Argo CD's words (`compatibility.md` d.3); undefined when it is permitted. */
export function refuseResource(project: AppProject, object: KubeObject, place: ResourcePlace): string | undefined {
  const { group } = parseApiVersion(object.apiVersion);
  const { isNamespaced } = place;
  const projectName = project.metadata.name ?? '';
  if (!matchKind(project.spec, { group, kind: object.kind, isNamespaced, name: object.metadata.name })) {
    return `resource ${group}:${object.kind} is not permitted in project ${projectName}`;
  }
  const namespace = object.metadata.namespace ?? '';
  const destination = { server: place.server, name: place.clusterName, namespace };
  if (isNamespaced && !matchDestination(project.spec, destination)) {
    return `namespace ${namespace} is not permitted in project '${projectName}'`;
  }
  return undefined;
}
