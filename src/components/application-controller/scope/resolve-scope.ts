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
  const { spec } = application;
  const found = findPermittedProject({ application, controlNamespace, findProject });
  if ('refusal' in found) return invalid(found.refusal);
  const { project } = found;
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

/** `waitsFor`: without the project nobody knows what may be deleted. */
export type DeletionScope =
  { readonly scope: Scope } | { readonly waitsFor: string } | { readonly isDestinationGone: true };

/** Where a deletion takes place; sources that the project permits no more do not hold it up (`compatibility.md` a.11). Pure. */
export function resolveDeletionScope(input: ScopeInput): DeletionScope {
  const { spec } = input.application;
  let entry: ClusterEntry;
  try {
    entry = resolveDestination(spec.destination, input.clusters);
  } catch {
    return { isDestinationGone: true };
  }
  const found = findPermittedProject(input);
  if ('refusal' in found) return { waitsFor: found.refusal };
  return { scope: { project: found.project, entry, sources: sourcesOf(spec) } };
}

function findPermittedProject({
  application: { spec, metadata },
  controlNamespace,
  findProject,
}: Omit<ScopeInput, 'clusters'>): { readonly project: AppProject } | { readonly refusal: string } {
  const projectName = spec.project === '' ? 'default' : spec.project;
  const project = findProject(projectName);
  if (project === undefined) return { refusal: `Application referencing project ${projectName} which does not exist` };
  const { name, namespace = '' } = metadata;
  if (namespace !== controlNamespace && !matchNamespace(project.spec.sourceNamespaces ?? [], namespace)) {
    return {
      refusal: `application '${name}' in namespace '${namespace}' is not permitted to use project '${projectName}'`,
    };
  }
  return { project };
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
