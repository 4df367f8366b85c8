import type { KubeObject } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import { marks } from '../annotations.ts';
import type { HealthAssessment } from './health.ts';
import { healthOf } from './health-check.ts';
import { findHealthCheck } from './health-checks.ts';

/** How an object fares, by its own status (`compatibility.md` g); undefined for kinds that have no health. Never throws. */
export function assessHealth(object: KubeObject): HealthAssessment | undefined {
  return pendingDeletion(object) ?? builtinHealth(object);
}

/** Comes before customised checks: what is being deleted is not ready, hooks apart, which may be deleted once they are done. */
export function pendingDeletion(object: KubeObject): HealthAssessment | undefined {
  if (object.metadata.deletionTimestamp === undefined) return undefined;
  if (object.metadata.finalizers?.includes(marks.hookFinalizer) === true) return undefined;
  return healthOf('Progressing', 'pending-deletion', 'Pending deletion');
}

/** Comes after customised checks. */
export function builtinHealth(object: KubeObject): HealthAssessment | undefined {
  const gvk = gvkOf(object);
  const check = findHealthCheck(gvk);
  if (check === undefined) return undefined;
  if (check.versions !== undefined && !check.versions.includes(gvk.version)) {
    const message = `Health of ${gvk.kind} ${object.apiVersion} cannot be told: only ${check.versions.join(', ')} is understood.`;
    return healthOf('Unknown', 'unsupported-version', message, { apiVersion: object.apiVersion, kind: gvk.kind });
  }
  return check.assess(object);
}
