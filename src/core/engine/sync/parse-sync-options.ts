import type { PropagationPolicy } from './sync-plan.ts';
import type { SyncOptions } from './plan-input.ts';

/** Reads `Key=Value` texts of an application or an operation (`compatibility.md` a.7). Unknown ones mean nothing. */
export function parseSyncOptions(texts: readonly string[]): SyncOptions {
  const options = new Set(texts.map((text) => text.trim()));
  const valueOf = (key: string) =>
    texts
      .findLast((text) => text.trim().startsWith(`${key}=`))
      ?.trim()
      .slice(key.length + 1);
  return {
    validate: !options.has('Validate=false'),
    skipDryRunOnMissingResource: options.has('SkipDryRunOnMissingResource=true'),
    prune: restraint(valueOf('Prune')),
    pruneLast: options.has('PruneLast=true'),
    delete: restraint(valueOf('Delete')),
    replace: options.has('Replace=true'),
    force: options.has('Force=true'),
    serverSideApply: options.has('ServerSideApply=true'),
    clientSideApplyMigration: !options.has('ClientSideApplyMigration=false'),
    createNamespace: options.has('CreateNamespace=true'),
    applyOutOfSyncOnly: options.has('ApplyOutOfSyncOnly=true'),
    propagation: propagation(valueOf('PrunePropagationPolicy')),
    respectIgnoreDifferences: options.has('RespectIgnoreDifferences=true'),
    failOnSharedResource: options.has('FailOnSharedResource=true'),
  };
}

/** `Prune` and `Delete` are read as values. */
export function restraint(value: string | undefined): 'default' | 'never' | 'confirm' {
  if (value === 'false') return 'never';
  return value === 'confirm' ? 'confirm' : 'default';
}

function propagation(value: string | undefined): PropagationPolicy {
  if (value === 'background') return 'Background';
  return value === 'orphan' ? 'Orphan' : 'Foreground';
}
