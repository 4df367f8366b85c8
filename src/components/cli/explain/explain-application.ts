import { annotations } from '#core/api';
import type { Application } from '#core/api';
import { humanAge } from '../output/human-age.ts';
import { shortRevision } from '../output/application-summary.ts';
import { parseHold } from '#core/api';
import type { ApplicationFacts, Cause, Explanation } from './explanation.ts';
import { explainDifferences } from './explain-differences.ts';
import { explainHealth } from './explain-health.ts';
import { explainOperation } from './explain-operation.ts';

/** Why an application is not in sync, not healthy, or not going on: what its status, Git and the live objects tell. Pure. */
export function explainApplication(application: Application, facts: ApplicationFacts): Explanation {
  const { status, metadata } = application;
  const [sync, health] = [status?.sync?.status ?? '', status?.health?.status ?? ''];
  const causes = [
    ...explainConditions(application),
    ...explainDeletion(application, facts.nowMs),
    ...explainHold(application),
    ...explainOperation(application, facts.nowMs),
    ...explainHealth(application, facts),
    ...(sync === 'Synced' ? [] : explainDifferences(application, facts)),
  ];
  const isFine = sync === 'Synced' && health === 'Healthy' && causes.length === 0;
  return {
    isFine,
    headline: headlineOf(application, facts.nowMs),
    causes: isFine || causes.length > 0 ? causes : [unexplained(metadata.name ?? '', sync, health)],
    partial: facts.partial,
  };
}

function headlineOf({ metadata, status }: Application, nowMs: number): string {
  const name = metadata.name ?? '';
  if (metadata.deletionTimestamp !== undefined) return `${name} is being deleted`;
  const [sync, health] = [status?.sync?.status || 'not compared yet', status?.health];
  const since = health?.lastTransitionTime === undefined ? '' : ` for ${humanAge(health.lastTransitionTime, nowMs)}`;
  return `${name} is ${sync} and ${health?.status || 'of unknown health'}${since}`;
}

const rules: Readonly<Record<string, string>> = {
  ComparisonError: 'render',
  InvalidSpecError: 'spec.invalid',
  SyncError: 'run.failed',
  DeletionError: 'del.failed',
  SharedResourceWarning: 'shared',
  RepeatedResourceWarning: 'repeated',
  ExcludedResourceWarning: 'excluded',
  OrphanedResourceWarning: 'orphaned',
};

function explainConditions({ metadata, status }: Application): readonly Cause[] {
  return (status?.conditions ?? []).map(({ type, message, lastTransitionTime }) => ({
    rule: rules[type] ?? 'condition',
    text: message,
    since: lastTransitionTime,
    evidence: [`condition ${type}`],
    ...(type === 'ComparisonError' ? { next: `windlass app get ${metadata.name ?? ''} --hard-refresh` } : {}),
  }));
}

function explainDeletion({ metadata }: Application, nowMs: number): readonly Cause[] {
  const { deletionTimestamp, finalizers = [], name = '' } = metadata;
  if (deletionTimestamp === undefined) return [];
  const age = humanAge(deletionTimestamp, nowMs);
  return [
    {
      rule: 'del.stuck',
      text: `Deletion was asked for ${age} ago and waits for ${finalizers.join(', ') || 'the API server'}.`,
      since: deletionTimestamp,
      evidence: [],
      next: `windlass app resources ${name} --output tree`,
    },
  ];
}

function explainHold({ metadata }: Application): readonly Cause[] {
  const hold = parseHold(metadata.annotations?.[annotations.hold]);
  if (hold === undefined) return [];
  const revisions = (hold.skipRevisions ?? []).map(shortRevision).join(', ');
  return [
    {
      rule: 'hold',
      text: `${revisions || 'A revision'} is held back by ${hold.by ?? 'somebody'}: ${hold.reason ?? 'no reason was given'}.`,
      since: hold.at,
      evidence: ['Automation goes on when Git moves past it.'],
    },
  ];
}

function unexplained(name: string, sync: string, health: string): Cause {
  return {
    rule: 'unexplained',
    text: `No rule explains this. These facts disagree: sync status ${sync || 'none'}, health ${health || 'none'}, no condition, no failed operation, no resource that differs.`,
    evidence: sync === '' ? ['Nothing has compared it: is an application controller running?'] : [],
    next: sync === '' ? 'windlass status' : `windlass app get ${name} --hard-refresh`,
  };
}
