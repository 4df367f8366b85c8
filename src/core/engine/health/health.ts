import type { Verdict } from '../verdict.ts';

/** Best to worst. */
export const healthStatuses = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'] as const;
export type HealthStatus = (typeof healthStatuses)[number];

export interface Health {
  readonly status: HealthStatus;
  readonly message?: string | undefined;
}

/** A health with its reason as data. */
export interface HealthAssessment extends Health {
  readonly verdict: Verdict;
}
