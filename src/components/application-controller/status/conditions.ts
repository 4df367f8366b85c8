import type { ApplicationCondition } from '#core/api';

export type ConditionType =
  | 'DeletionError'
  | 'InvalidSpecError'
  | 'ComparisonError'
  | 'SyncError'
  | 'UnknownError'
  | 'SharedResourceWarning'
  | 'RepeatedResourceWarning'
  | 'ExcludedResourceWarning'
  | 'OrphanedResourceWarning'
  | 'UnsupportedWarning';

export interface Finding {
  readonly type: ConditionType;
  readonly message: string;
}

/** The conditions of these findings; one that was there before keeps its time. Sorted, so that order is never news. */
export function mergeConditions(
  before: readonly ApplicationCondition[] | undefined,
  findings: readonly Finding[],
  now: string,
): ApplicationCondition[] {
  const unique = new Map(findings.map((finding) => [`${finding.type}\n${finding.message}`, finding]));
  return [...unique]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { type, message }]) => {
      const known = before?.find((condition) => condition.type === type && condition.message === message);
      return { type, message, lastTransitionTime: known?.lastTransitionTime ?? now };
    });
}

/** True for conditions that leave nothing to compare (`compatibility.md` a.9). */
export function isErrorFinding({ type }: Finding): boolean {
  return type === 'InvalidSpecError' || type === 'ComparisonError' || type === 'UnknownError';
}
