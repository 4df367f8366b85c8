import type { Application } from '#core/api';
import type { FieldDifference } from '#core/engine';
import { formatResourceKey } from '#libs/kube';
import type { ResourceKey } from '#libs/kube';
import { humanAge } from '../output/human-age.ts';
import { isAutomated } from '../output/sync-policy-text.ts';
import type { ResourceComparison } from '../session/session.ts';
import type { ApplicationFacts, Cause } from './explanation.ts';

const maxFields = 8;
const maxValueLength = 60;

/** What differs from Git: the fields, who set them and when; or why that cannot be told. Pure. */
export function explainDifferences(
  application: Application,
  { comparisons, nowMs }: ApplicationFacts,
): readonly Cause[] {
  const next = nextStep(application);
  if (comparisons === undefined) return fromStatus(application, next);
  return comparisons
    .filter(({ comparison }) => comparison.state !== undefined && comparison.state !== 'Synced')
    .map((one) => toCause(one, nowMs, next));
}

function toCause({ key, comparison }: ResourceComparison, nowMs: number, next: string): Cause {
  const { differences, verdict, requiresPruning } = comparison;
  const shown = differences.slice(0, maxFields).map((difference) => describeField(difference, nowMs));
  const rest = differences.length - shown.length;
  return {
    rule: ruleOf(comparison),
    text: `${key.kind}/${key.name}: ${verdict.sentence}`,
    object: key,
    since: differences.map(({ owner }) => owner?.time).find((time) => time !== undefined),
    evidence: [...shown, ...(rest > 0 ? [`and ${rest} more fields`] : [])],
    next: requiresPruning ? `${next} --prune` : next,
  };
}

function ruleOf({ requiresPruning, differences, verdict }: ResourceComparison['comparison']): string {
  if (requiresPruning) return 'prune.needed';
  if (differences.length === 0) return verdict.code;
  const owners = new Set(differences.map(({ owner }) => owner?.manager));
  if (owners.has(undefined) && owners.size === 1) return 'git.ahead';
  if (owners.size === 1 && owners.has('argocd-controller')) return 'git.ahead';
  return 'drift.manager';
}

/** `.spec.replicas` is 2, Git says 1; set by kubectl-edit 5m ago. */
function describeField({ path, live, desired, owner }: FieldDifference, nowMs: number): string {
  const values = `${path} is ${valueText(live)}, Git says ${valueText(desired)}`;
  if (owner === undefined) return values;
  const age = owner.time === undefined ? '' : ` ${humanAge(owner.time, nowMs)} ago`;
  return `${values}; set by ${owner.manager || 'an unnamed manager'}${age}`;
}

function valueText(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}

function fromStatus(application: Application, next: string): readonly Cause[] {
  return (application.status?.resources ?? [])
    .filter(({ status, hook }) => hook !== true && status !== undefined && status !== 'Synced')
    .map(({ group = '', kind = '', namespace = '', name = '', status, requiresPruning }) => {
      const key: ResourceKey = { group, kind, namespace, name };
      return {
        rule: requiresPruning === true ? 'prune.needed' : 'out-of-sync',
        text: `${kind}/${name} is ${status ?? 'Unknown'}${requiresPruning === true ? ': Git does not hold it any more' : ''}.`,
        object: key,
        evidence: [formatResourceKey(key)],
        next: requiresPruning === true ? `${next} --prune` : next,
      };
    });
}

function nextStep(application: Application): string {
  const name = application.metadata.name ?? '';
  return isAutomated(application) ? `windlass app diff ${name}` : `windlass app sync ${name}`;
}
