import type { KubeObject } from '#libs/kube';
import { listAnnotation, marks } from './annotations.ts';
import type { HookDeletePolicy, HookType } from './sync/sync-plan.ts';

type Annotated = Pick<KubeObject, 'metadata'>;

const hookTypes: ReadonlySet<string> = new Set<HookType>([
  'PreSync',
  'Sync',
  'PostSync',
  'SyncFail',
  'Skip',
  'PreDelete',
  'PostDelete',
]);

const helmHookTypes: Readonly<Record<string, HookType>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'pre-delete': 'PreDelete',
  'post-delete': 'PostDelete',
};

const helmDeletePolicies: Readonly<Record<string, HookDeletePolicy>> = {
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
  'before-hook-creation': 'BeforeHookCreation',
};

/** The phases in which an object runs as a hook; Argo CD's annotation beats Helm's (`compatibility.md` d.3). */
export function hookTypesOf(object: Annotated): readonly HookType[] {
  const own = listAnnotation(object, marks.hook).filter((type) => hookTypes.has(type)) as HookType[];
  if (own.length > 0) return unique(own);
  return unique(listAnnotation(object, marks.helmHook).flatMap((type) => helmHookTypes[type] ?? []));
}

/**
 * True for what is not part of the desired state: hooks, and Helm's test and rollback hooks, which never run. `crd-install` is an
 * ordinary object.
 */
export function isHook(object: Annotated): boolean {
  if (object.metadata.annotations === undefined) return false;
  if (hookTypesOf(object).length > 0) return !isSkipped(object);
  const helm = listAnnotation(object, marks.helmHook);
  return helm.length > 0 && !helm.includes('crd-install');
}

/** `argocd.argoproj.io/hook: Skip` alone: neither synced nor pruned. */
export function isSkipped(object: Annotated): boolean {
  const types = hookTypesOf(object);
  return types.length === 1 && types[0] === 'Skip';
}

/** When a hook's object is deleted; before it is created again unless something else is said. */
export function hookDeletePoliciesOf(object: Annotated): readonly HookDeletePolicy[] {
  const own = listAnnotation(object, marks.hookDeletePolicy).filter(isDeletePolicy);
  if (own.length > 0) return unique(own);
  const helm = listAnnotation(object, marks.helmHookDeletePolicy).flatMap((policy) => helmDeletePolicies[policy] ?? []);
  return helm.length > 0 ? unique(helm) : ['BeforeHookCreation'];
}

function isDeletePolicy(text: string): text is HookDeletePolicy {
  return text === 'HookSucceeded' || text === 'HookFailed' || text === 'BeforeHookCreation';
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
