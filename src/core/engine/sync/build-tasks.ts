import type { KubeObject } from '#libs/kube';
import { formatResourceKey, gvkOf, resourceKeyOf } from '#libs/kube';
import { pruneUnknown } from '#libs/kube/schema';
import { clientSideManager, fieldManager, migrateManagedFields } from '../diff/migrate-managed-fields.ts';
import { hookDeletePoliciesOf, hookTypesOf, isHook, isSkipped } from '../hooks.ts';
import { respectIgnoreDifferences } from '../normalize/respect-ignore-differences.ts';
import { hasSyncOption, isKeptByHelm, syncOptionValue } from '../resource-options.ts';
import { baseTask } from './base-task.ts';
import { hookObject } from './hook-object.ts';
import { namespaceTask } from './namespace-task.ts';
import { restraint } from './parse-sync-options.ts';
import type { PlanInput } from './plan-input.ts';
import { isSelected } from './select-resources.ts';
import type { SyncPhase, SyncTask } from './sync-plan.ts';

/** The tasks of an operation, unordered (`compatibility.md` d.3). */
export function buildTasks(input: PlanInput): readonly SyncTask[] {
  const { operation, targets, extraneous } = input;
  const runsHooks = operation.strategy === 'hook' && operation.resources === undefined;
  const tasks: SyncTask[] = [];
  const namespace = namespaceTask(input);
  if (namespace !== undefined) tasks.push(namespace);
  for (const target of targets) {
    if (isSkipped(target)) continue;
    if (isHook(target)) tasks.push(...(runsHooks ? hookTasks(target, input) : []));
    else if (isSelected(target, operation.resources)) tasks.push(targetTask(target, input));
  }
  const named = new Set(targets.map((target) => formatResourceKey(resourceKeyOf(target))));
  for (const live of extraneous) {
    if (isHook(live) || isSkipped(live) || !isSelected(live, operation.resources)) continue;
    // What Git names is never pruned, whatever the caller counted as extraneous.
    if (!named.has(formatResourceKey(resourceKeyOf(live)))) tasks.push(pruneTask(live, input));
  }
  // An object that is rendered twice is applied once, as it was rendered last.
  const unique = [...new Map(tasks.map((task) => [task.id, task])).values()];
  // Without that option every object has a row; with it only what changes is part of the operation.
  return input.options.applyOutOfSyncOnly ? unique.filter((task) => task.skipped !== 'unchanged') : unique;
}

function hookTasks(hook: KubeObject, input: PlanInput): readonly SyncTask[] {
  const deletePolicies = hookDeletePoliciesOf(hook);
  return hookTypesOf(hook)
    .filter(isSyncPhase)
    .map((type) => {
      const desired = withoutUnknownFields(hookObject(hook, type, input.operation), input);
      return {
        ...baseTask(desired, type, input),
        desired,
        hook: { type, deletePolicies },
        isForced: isForced(hook, undefined, input),
      };
    });
}

function isSyncPhase(type: string): type is SyncPhase {
  return type === 'PreSync' || type === 'Sync' || type === 'PostSync' || type === 'SyncFail';
}

function targetTask(desired: KubeObject, input: PlanInput): SyncTask {
  const key = resourceKeyOf(desired);
  const live = input.live(key);
  const isUnchanged = live !== undefined && input.isInSync(key);
  return {
    ...baseTask(desired, 'Sync', input),
    action: isUnchanged ? 'none' : actionOf(desired, live, input),
    desired: isUnchanged ? desired : withoutUnknownFields(withIgnoredFields(desired, live, input), input),
    isForced: isForced(desired, live, input),
    saysServerSide: appliesServerSide(desired, input),
    migratesManagers: live === undefined || isUnchanged ? [] : managersToMigrate(live, input),
    skipped: isUnchanged ? 'unchanged' : undefined,
    liveUid: live?.metadata.uid,
  };
}

function withIgnoredFields(desired: KubeObject, live: KubeObject | undefined, input: PlanInput): KubeObject {
  const { options, rules, schemaOf } = input;
  if (!options.respectIgnoreDifferences || rules === undefined || live === undefined) return desired;
  const { patterns } = rules.forObject(live);
  return respectIgnoreDifferences(desired, live, { patterns, schema: schemaOf?.(gvkOf(desired)) });
}

/** The comparison has named them as differences; the rest of the object is applied, as Argo CD does (recorded case `unknown-field`). */
function withoutUnknownFields(desired: KubeObject, { schemaOf }: PlanInput): KubeObject {
  const schema = schemaOf?.(gvkOf(desired));
  return schema === undefined ? desired : pruneUnknown(schema, desired).object;
}

function actionOf(desired: KubeObject, live: KubeObject | undefined, { options }: PlanInput): SyncTask['action'] {
  const isReplaced = options.replace || hasSyncOption(desired, 'Replace=true') || hasSyncOption(live, 'Replace=true');
  if (!isReplaced) return 'apply';
  return live === undefined ? 'create' : 'replace';
}

function isForced(desired: KubeObject, live: KubeObject | undefined, { operation, options }: PlanInput): boolean {
  if (operation.force || options.force) return true;
  return hasSyncOption(desired, 'Force=true') || hasSyncOption(live, 'Force=true');
}

function appliesServerSide(desired: KubeObject, { options }: PlanInput): boolean {
  if (hasSyncOption(desired, 'ServerSideApply=true')) return true;
  return options.serverSideApply && !hasSyncOption(desired, 'ServerSideApply=false');
}

/** What our own manager wrote by update moves always, other managers' client-side applies where that is asked for. */
function managersToMigrate(live: KubeObject, { options, migratedManagers }: PlanInput): readonly string[] {
  const from = options.clientSideApplyMigration ? (migratedManagers ?? [clientSideManager]) : [];
  if (migrateManagedFields(live, { manager: fieldManager, from }) === live) return [];
  return [fieldManager, ...from];
}

function pruneTask(live: KubeObject, input: PlanInput): SyncTask {
  const { operation, options } = input;
  const own = syncOptionValue(live, 'Prune');
  const prune = own === undefined ? options.prune : restraint(own);
  const skipped = !operation.prune
    ? ('requires-pruning' as const)
    : prune === 'never' || isKeptByHelm(live)
      ? ('no-prune' as const)
      : undefined;
  return {
    ...baseTask(live, 'Sync', input),
    action: skipped === undefined ? 'prune' : 'none',
    isPrune: true,
    skipped,
    isPruneConfirmationRequired: prune === 'confirm',
    liveUid: live.metadata.uid,
  };
}

/** The live object decides: Git does not hold it any more. */
export function isPrunedLast(live: KubeObject, input: PlanInput): boolean {
  return input.options.pruneLast || hasSyncOption(live, 'PruneLast=true');
}
