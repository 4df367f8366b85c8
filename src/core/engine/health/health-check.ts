import type { GroupKind, KubeObject } from '#libs/kube';
import type { Verdict } from '../verdict.ts';
import type { HealthAssessment, HealthStatus } from './health.ts';

/** How the health of one kind is told from its object: one file each, listed in `health-checks.ts`. */
export interface HealthCheck {
  readonly kinds: readonly GroupKind[];
  /** Versions that the check understands; others are Unknown. Absent = all. */
  readonly versions?: readonly string[];
  assess(object: KubeObject): HealthAssessment;
}

type Parameters = Verdict['parameters'];

/** A health whose message is also the verdict's sentence; a healthy object needs no message. */
export function healthOf(status: HealthStatus, code: string, message = '', parameters?: Parameters): HealthAssessment {
  if (message === '' && parameters === undefined) return plainHealth(status, code);
  const verdict = { code, parameters: parameters ?? {}, sentence: message === '' ? defaultSentences[status] : message };
  return message === '' ? { status, verdict } : { status, message, verdict };
}

/** Healths without a message are few and many objects have them: they are shared. */
const plainHealths = new Map<string, HealthAssessment>();

function plainHealth(status: HealthStatus, code: string): HealthAssessment {
  const id = `${status}/${code}`;
  const known = plainHealths.get(id);
  if (known !== undefined) return known;
  const health = Object.freeze({ status, verdict: { code, parameters: {}, sentence: defaultSentences[status] } });
  plainHealths.set(id, health);
  return health;
}

const defaultSentences: Readonly<Record<HealthStatus, string>> = {
  Healthy: 'The object is healthy.',
  Suspended: 'The object is suspended.',
  Progressing: 'The object is not ready yet.',
  Missing: 'The object is not in the cluster.',
  Degraded: 'The object failed or cannot become ready.',
  Unknown: 'The health of the object cannot be told.',
};
