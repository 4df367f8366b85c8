import type { KubeObject, ResourceKey } from '#libs/kube';
import { formatGroupKind } from '#libs/kube';
import { marks } from '../annotations.ts';
import { isHook, isSkipped } from '../hooks.ts';
import type { Health, HealthAssessment, HealthStatus } from './health.ts';
import { healthStatuses } from './health.ts';

/** One resource of an application, desired or live. */
export interface HealthSubject {
  readonly key: ResourceKey;
  readonly isLive: boolean;
  /** undefined = the kind has no health. */
  readonly health: Health | undefined;
  /** Hooks, skipped objects and those that say `ignore-healthcheck`: see `countsForHealth`. */
  readonly counts: boolean;
}

const maxCauses = 3;

/** The health of a whole: the worst of its parts, naming the first three that cause it (`compatibility.md` g). */
export function aggregateHealth(subjects: readonly HealthSubject[]): HealthAssessment {
  const counted = subjects.filter((subject) => subject.counts);
  let worst: HealthStatus = 'Healthy';
  let causes: HealthSubject[] = [];
  for (const subject of counted) {
    if (!subject.isLive || subject.health === undefined || isUnreadyChild(subject)) continue;
    const { status } = subject.health;
    if (isWorse(status, worst)) [worst, causes] = [status, [subject]];
    else if (status === worst && status !== 'Healthy') causes.push(subject);
  }
  if (counted.length > 0 && counted.every((subject) => !subject.isLive) && isWorse('Missing', worst)) return missing;
  return causes.length === 0 ? healthy : caused(worst, causes);
}

/** Whether an object's health is part of its application's. */
export function countsForHealth(object: Pick<KubeObject, 'metadata'>): boolean {
  if (object.metadata.annotations === undefined) return true;
  return !isHook(object) && !isSkipped(object) && object.metadata.annotations[marks.ignoreHealthcheck] !== 'true';
}

export function isWorse(status: HealthStatus, than: HealthStatus): boolean {
  return healthStatuses.indexOf(status) > healthStatuses.indexOf(than);
}

/** An application of applications is not ill because a child was not looked at yet. */
function isUnreadyChild({ key, health }: HealthSubject): boolean {
  const isApplication = key.group === 'argoproj.io' && key.kind === 'Application';
  return isApplication && (health?.status === 'Missing' || health?.status === 'Unknown');
}

const healthy: HealthAssessment = Object.freeze({
  status: 'Healthy',
  verdict: { code: 'all-healthy', parameters: {}, sentence: 'No resource is unhealthy.' },
});

const missing: HealthAssessment = Object.freeze({
  status: 'Missing',
  verdict: { code: 'nothing-live', parameters: {}, sentence: 'None of the resources is in the cluster.' },
});

function caused(status: HealthStatus, causes: readonly HealthSubject[]): HealthAssessment {
  const named = causes.slice(0, maxCauses).map(({ key }) => describe(key));
  const rest = causes.length - named.length;
  const message = `Caused by ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const reason = causes[0]?.health?.message;
  return {
    status,
    message,
    verdict: {
      code: 'worst-resource',
      parameters: { resources: causes.length, first: named[0] ?? '', ...(reason === undefined ? {} : { reason }) },
      sentence: `${message}${reason === undefined ? '' : `: ${reason}`}`,
    },
  };
}

function describe(key: ResourceKey): string {
  const place = key.namespace === '' ? key.name : `${key.namespace}/${key.name}`;
  return `${formatGroupKind(key)}:${place}`;
}
