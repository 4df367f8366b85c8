import type { OwnerReference } from '#libs/kube';
import type { LiveObject } from '../kinds/live-object.ts';
import { isTerminating } from '../kinds/live-object.ts';

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** How an owner stands: there and staying, gone, or waiting for its dependents to go first. */
export type OwnerState = 'solid' | 'absent' | 'waiting';

export function ownerState(owner: LiveObject | undefined): OwnerState {
  if (!owner) return 'absent';
  return isWaitingForDependents(owner) ? 'waiting' : 'solid';
}

export function isWaitingForDependents(object: LiveObject): boolean {
  return isTerminating(object) && hasFinalizer(object, foregroundFinalizer);
}

export function hasFinalizer(object: LiveObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

export type Disposal =
  | { readonly type: 'keep' }
  | { readonly type: 'release'; readonly owners: readonly OwnerReference[] }
  | { readonly type: 'delete'; readonly policy: 'Background' | 'Foreground' | 'Orphan' };

/** What becomes of an object, given how each of its owners stands. One that stays keeps it; when none does, it goes. */
export function decideDisposal(
  object: LiveObject,
  owners: readonly { readonly reference: OwnerReference; readonly state: OwnerState }[],
  hasDependents: boolean,
): Disposal {
  const leaving = owners.filter(({ state }) => state !== 'solid');
  if (owners.length === 0 || leaving.length === 0) return { type: 'keep' };
  if (leaving.length < owners.length) return { type: 'release', owners: leaving.map(({ reference }) => reference) };
  const isAwaited = leaving.some(({ state }) => state === 'waiting');
  if (isAwaited && hasDependents) return { type: 'delete', policy: 'Foreground' };
  if (hasFinalizer(object, orphanFinalizer)) return { type: 'delete', policy: 'Orphan' };
  return { type: 'delete', policy: hasFinalizer(object, foregroundFinalizer) ? 'Foreground' : 'Background' };
}
