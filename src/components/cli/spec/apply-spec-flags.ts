import type { ApplicationDestination, ApplicationSource, ApplicationSpec } from '#core/api';
import type { OptionDefinition } from '../program/command-definition.ts';
import type { Flags } from '../program/flags.ts';
import { usageError } from '../program/usage-error.ts';
import { applyDirectoryFlags, applyPluginFlags, directoryFlags, pluginFlags } from './directory-flags.ts';
import { applyHelmFlags, helmFlags } from './helm-flags.ts';
import { applyKustomizeFlags, kustomizeFlags } from './kustomize-flags.ts';
import { applySourceFlags, sourceFlags } from './source-flags.ts';
import { applySyncPolicyFlags, syncPolicyFlags } from './sync-policy-flags.ts';

const destinationFlags: readonly OptionDefinition[] = [
  { name: 'dest-server', type: 'string', summary: 'URL of the destination cluster', complete: 'cluster' },
  { name: 'dest-name', type: 'string', summary: 'Name of the destination cluster' },
  { name: 'dest-namespace', type: 'string', summary: 'Namespace of the destination' },
  { name: 'project', type: 'string', summary: 'Project of the application', complete: 'project' },
  { name: 'revision-history-limit', type: 'integer', summary: 'How many deployments are kept', default: '10' },
  { name: 'validate', type: 'boolean', summary: 'Check that source and destination exist', default: 'true' },
];

const hydratorFlags: readonly OptionDefinition[] = [
  { name: 'dry-source-repo', type: 'string', summary: 'Repository of the dry source' },
  { name: 'dry-source-revision', type: 'string', summary: 'Revision of the dry source' },
  { name: 'dry-source-path', type: 'string', summary: 'Path of the dry source' },
  { name: 'sync-source-branch', type: 'string', summary: 'Branch of the hydrated source' },
  { name: 'sync-source-path', type: 'string', summary: 'Path of the hydrated source' },
  { name: 'hydrate-to-branch', type: 'string', summary: 'Branch to hydrate to' },
];

/** The flags that describe an application (`compatibility.md` m, SRC). */
export const specFlags: readonly OptionDefinition[] = [
  ...sourceFlags,
  ...destinationFlags,
  ...syncPolicyFlags,
  ...helmFlags,
  ...kustomizeFlags,
  ...directoryFlags,
  ...pluginFlags,
  ...hydratorFlags,
];

export interface SpecFlagOptions {
  readonly cwd: string;
  /** Which source the flags are about, counting from 0; undefined for the only one. */
  readonly sourceIndex?: number | undefined;
}

/** A specification with what the flags say laid over it. Throws USAGE. */
export function applySpecFlags(spec: ApplicationSpec, flags: Flags, options: SpecFlagOptions): ApplicationSpec {
  refuseHydrator(flags);
  const changed: ApplicationSpec = { ...spec, destination: applyDestination(spec.destination, flags) };
  if (flags.isSet('project')) changed.project = flags.text('project') ?? '';
  if (flags.isSet('revision-history-limit'))
    changed.revisionHistoryLimit = flags.integer('revision-history-limit') ?? 10;
  const { syncPolicy: _policy, ...rest } = changed;
  const policy = applySyncPolicyFlags(spec.syncPolicy, flags);
  return applySources(policy === undefined ? rest : { ...rest, syncPolicy: policy }, flags, options);
}

function applySources(spec: ApplicationSpec, flags: Flags, { cwd, sourceIndex }: SpecFlagOptions): ApplicationSpec {
  const sources = spec.sources ?? [];
  if (sources.length === 0) {
    if (spec.source === undefined && !isAboutSource(flags)) return spec;
    return { ...spec, source: applySource(spec.source ?? { repoURL: '' }, flags, cwd) };
  }
  if (!isAboutSource(flags)) return spec;
  if (sourceIndex === undefined)
    throw usageError('The application has several sources.', 'Say which one with --source-position, counting from 1.');
  return {
    ...spec,
    sources: sources.map((source, index) => (index === sourceIndex ? applySource(source, flags, cwd) : source)),
  };
}

const aboutSource = [...sourceFlags, ...helmFlags, ...kustomizeFlags, ...directoryFlags, ...pluginFlags];

function isAboutSource(flags: Flags): boolean {
  return aboutSource.some(({ name }) => name !== 'source-name' && flags.has(name) && flags.isSet(name));
}

function applySource(before: ApplicationSource, flags: Flags, cwd: string): ApplicationSource {
  const {
    helm: _helm,
    kustomize: _kustomize,
    directory: _directory,
    plugin: _plugin,
    ...plain
  } = applySourceFlags(before, flags);
  const parts = {
    helm: applyHelmFlags(before.helm, flags, cwd),
    kustomize: applyKustomizeFlags(before.kustomize, flags),
    directory: applyDirectoryFlags(before.directory, flags),
    plugin: applyPluginFlags(before.plugin, flags),
  };
  return {
    ...plain,
    ...(Object.fromEntries(
      Object.entries(parts).filter(([, part]) => part !== undefined),
    ) as Partial<ApplicationSource>),
  };
}

/** A server replaces a name and the other way round: both together are an error (`compatibility.md` a.1). */
function applyDestination(before: ApplicationDestination, flags: Flags): ApplicationDestination {
  let destination = { ...before };
  if (flags.isSet('dest-server'))
    destination = { ...withoutCluster(destination), server: flags.text('dest-server') ?? '' };
  if (flags.isSet('dest-name')) destination = { ...withoutCluster(destination), name: flags.text('dest-name') ?? '' };
  if (flags.isSet('dest-namespace')) destination.namespace = flags.text('dest-namespace') ?? '';
  if (flags.isSet('dest-server') && flags.isSet('dest-name'))
    throw usageError('--dest-server and --dest-name name the same thing.', 'Give one of them.');
  return destination;
}

function withoutCluster({ server: _server, name: _name, ...rest }: ApplicationDestination): ApplicationDestination {
  return rest;
}

function refuseHydrator(flags: Flags): void {
  const flag = hydratorFlags.find(({ name }) => flags.isSet(name));
  if (flag !== undefined)
    throw usageError(
      `--${flag.name}: the source hydrator is not served.`,
      'Describe the source with --repo, --path and --revision.',
    );
  if (flags.isSet('env'))
    throw usageError('--env: ksonnet is not served.', 'Use --helm-set, Kustomize or Jsonnet instead.');
}
