import { toWindlassError } from '#base/errors';
import type { AppProject, Application, ApplicationSource } from '#core/api';
import { matchDestination, matchNamespace, matchSource } from '#services/projects';
import type { ClusterEntry } from '../clusters/cluster-pool.ts';
import { resolveDestination } from '../clusters/resolve-destination.ts';
import { sourcesOf } from '../refresh/sources-of.ts';
import type { Finding } from '../status/conditions.ts';

export interface ScopeInput {
  readonly application: Application;
  readonly controlNamespace: string;
  readonly findProject: (name: string) => AppProject | undefined;
  readonly clusters: readonly ClusterEntry[];
}

/** What an application may and where it goes. */
export interface Scope {
  readonly project: AppProject;
  readonly entry: ClusterEntry;
  readonly sources: readonly ApplicationSource[];
}

export type ScopeAnswer = { readonly scope: Scope } | { readonly findings: readonly Finding[] };

/** Finds project and destination and checks the specification against them (`compatibility.md` a.1, b). Pure. */
export function resolveScope({ application, controlNamespace, findProject, clusters }: ScopeInput): ScopeAnswer {
  const { spec, metadata } = application;
  const projectName = spec.project === '' ? 'default' : spec.project;
  const project = findProject(projectName);
  if (project === undefined) return invalid(`Application referencing project ${projectName} which does not exist`);
  const namespace = metadata.namespace ?? '';
  if (namespace !== controlNamespace && !matchNamespace(project.spec.sourceNamespaces ?? [], namespace)) {
    return invalid(
      `application '${metadata.name}' in namespace '${namespace}' is not permitted to use project '${projectName}'`,
    );
  }
  const sources = sourcesOf(spec);
  const messages =
    sources.length === 0 ? [noSource] : sources.flatMap((source) => checkSource(source, project, sources));
  let entry: ClusterEntry | undefined;
  try {
    entry = resolveDestination(spec.destination, clusters);
    messages.push(...checkDestination(application, entry, project));
  } catch (error) {
    messages.push(toWindlassError(error).message);
  }
  messages.push(...checkVerification(project));
  if (entry === undefined || messages.length > 0) return invalid(...messages);
  return { scope: { project, entry, sources } };
}

const noSource = 'spec.source.repoURL and either source.path, source.chart, or source.ref are required';

function checkSource(source: ApplicationSource, project: AppProject, all: readonly ApplicationSource[]): string[] {
  const { repoURL, path, chart, ref, targetRevision } = source;
  if (!repoURL || (!path && !chart && !ref)) return [noSource];
  const messages: string[] = [];
  if (chart && !targetRevision)
    messages.push('spec.source.targetRevision is required if the manifest source is a helm chart');
  if (ref && !/^[a-zA-Z0-9_-]+$/.test(ref))
    messages.push(`source ref '${ref}' contains other characters than letters, digits, "-" and "_"`);
  if (ref && all.some((other) => other !== source && other.ref === ref))
    messages.push(`source ref '${ref}' is not unique`);
  if (!matchSource(project.spec, repoURL)) {
    messages.push(`application repo ${repoURL} is not permitted in project '${project.metadata.name}'`);
  }
  return messages;
}

function checkDestination(
  { spec }: Application,
  { server, name, project: owner }: ClusterEntry,
  project: AppProject,
): string[] {
  const namespace = spec.destination.namespace ?? '';
  const projectName = project.metadata.name ?? '';
  if (!matchDestination(project.spec, { server, name, namespace })) {
    return [
      `application destination server '${server}' and namespace '${namespace}' do not match any of the allowed destinations in project '${projectName}'`,
    ];
  }
  if (project.spec.permitOnlyProjectScopedClusters === true && owner !== projectName) {
    return [`cluster '${server}' is not scoped to project '${projectName}', which permits only its own clusters`];
  }
  return [];
}

/** A verification that cannot run has failed. */
function checkVerification({ spec, metadata }: AppProject): string[] {
  const demands = (spec.signatureKeys ?? []).length > 0 || (spec.sourceIntegrity?.git.policies ?? []).length > 0;
  return demands
    ? [`project '${metadata.name}' demands signed commits, which cannot be verified yet: nothing of it is deployed`]
    : [];
}

function invalid(...messages: readonly string[]): ScopeAnswer {
  return { findings: messages.map((message) => ({ type: 'InvalidSpecError', message })) };
}
