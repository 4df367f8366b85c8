import type { Application, Operation, SyncOperation } from '#core/api';
import type { Flags } from '../program/flags.ts';
import { usageError } from '../program/usage-error.ts';
import { sourcesOf } from '../session/sources-of.ts';
import { isSelected, parseResourceSelector, toOperationResource } from './resource-selector.ts';

export interface OperationInput {
  readonly application: Application;
  readonly flags: Flags;
  /** Revisions of single sources by 1-based position. */
  readonly revisions: ReadonlyMap<number, string>;
  /** Rendered local manifests that are applied instead of Git's. */
  readonly manifests?: readonly string[];
  readonly username: string;
}

/** The operation that `app sync` asks for (`compatibility.md` a.8). Pure. Throws USAGE. */
export function buildSyncOperation(input: OperationInput): Operation {
  const { application, flags, manifests, username } = input;
  const resources = selectedResources(application, flags);
  const retry = retryOf(flags) ?? application.spec.syncPolicy?.retry;
  const info = flags.pairs('info').map(([name, value]) => ({ name, value }));
  const options = [...(application.spec.syncPolicy?.syncOptions ?? []), ...optionFlags(flags)];
  const sync: SyncOperation = {
    ...revisionsOf(input),
    ...(flags.is('prune') ? { prune: true } : {}),
    ...(flags.is('dry-run') ? { dryRun: true } : {}),
    ...(resources === undefined ? {} : { resources: [...resources] }),
    ...(manifests === undefined ? {} : { manifests: [...manifests] }),
    ...(options.length === 0 ? {} : { syncOptions: [...new Set(options)] }),
    syncStrategy: strategyOf(flags),
  };
  return {
    sync,
    initiatedBy: { username },
    ...(info.length === 0 ? {} : { info }),
    ...(retry === undefined ? {} : { retry }),
  };
}

function revisionsOf({ application, flags, revisions }: OperationInput): Pick<SyncOperation, 'revision' | 'revisions'> {
  const revision = flags.text('revision');
  const sources = sourcesOf(application);
  if ((application.spec.sources ?? []).length === 0) return revision === undefined ? {} : { revision };
  if (revision === undefined && revisions.size === 0) return {};
  return {
    revisions: sources.map((source, index) => revisions.get(index + 1) ?? revision ?? source.targetRevision ?? ''),
  };
}

function selectedResources(application: Application, flags: Flags) {
  const selectors = flags.list('resource').map(parseResourceSelector);
  const labels = flags.list('label');
  if (labels.length > 0) {
    throw usageError(
      '--label is not served in core mode: resources are chosen by name.',
      'Use --resource GROUP:KIND:NAME.',
    );
  }
  if (selectors.length === 0) return undefined;
  const chosen = (application.status?.resources ?? []).filter(
    (resource) => resource.hook !== true && isSelected(resource, selectors),
  );
  if (chosen.length === 0)
    throw usageError('--resource: no resource of the application matches.', 'See them with "windlass app resources".');
  return chosen.map(toOperationResource);
}

function strategyOf(flags: Flags): NonNullable<SyncOperation['syncStrategy']> {
  const strategy = flags.text('strategy') ?? 'hook';
  const force = flags.is('force');
  if (strategy === 'apply') return { apply: { force } };
  if (strategy === 'hook') return { hook: { force } };
  throw usageError(`--strategy: "${strategy}" is not one of apply, hook.`);
}

const options: readonly (readonly [flag: string, option: string])[] = [
  ['replace', 'Replace=true'],
  ['server-side', 'ServerSideApply=true'],
  ['apply-out-of-sync-only', 'ApplyOutOfSyncOnly=true'],
];

function optionFlags(flags: Flags): readonly string[] {
  return options.flatMap(([flag, option]) => (flags.is(flag) ? [option] : []));
}

/** Retries where a limit is given; the rest are Argo CD's defaults (`compatibility.md` m). */
function retryOf(flags: Flags): Operation['retry'] {
  const limit = flags.integer('retry-limit');
  if (limit === undefined || limit === 0) return undefined;
  return {
    limit,
    ...(flags.is('retry-refresh') ? { refresh: true } : {}),
    backoff: {
      duration: flags.text('retry-backoff-duration') ?? '5s',
      maxDuration: flags.text('retry-backoff-max-duration') ?? '3m0s',
      factor: flags.integer('retry-backoff-factor') ?? 2,
    },
  };
}
