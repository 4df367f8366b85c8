import type { Application } from '#core/api';

function automated({ spec }: Application) {
  const policy = spec.syncPolicy?.automated;
  return policy === undefined || policy.enabled === false ? undefined : policy;
}

/** As `app get` writes it: Manual, Automated, Automated (Prune). */
export function syncPolicyText(application: Application): string {
  const policy = automated(application);
  if (policy === undefined) return 'Manual';
  return policy.prune === true ? 'Automated (Prune)' : 'Automated';
}

/** As `app list` writes it: Manual, Auto, Auto-Prune. */
export function shortSyncPolicy(application: Application): string {
  const policy = automated(application);
  if (policy === undefined) return 'Manual';
  return policy.prune === true ? 'Auto-Prune' : 'Auto';
}

export function isAutomated(application: Application): boolean {
  return automated(application) !== undefined;
}
