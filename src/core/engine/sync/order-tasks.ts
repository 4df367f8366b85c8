import type { KubeObject } from '#libs/kube';
import { isRecord } from '#base/json';
import { isCustomResourceDefinition, isNamespace } from '../kinds.ts';
import { kindRank } from './kind-rank.ts';
import type { SyncPhase, SyncTask } from './sync-plan.ts';
import { taskId } from './task-id.ts';

const phaseOrder: Readonly<Record<SyncPhase, number>> = { PreSync: -1, Sync: 0, PostSync: 1, SyncFail: 2 };

/**
 * Tasks in execution order: phase, wave, kind, name (`compatibility.md` d.4). Prunes run in reverse waves, `prunedLast` after all
 * else; a namespace comes before what lives in it and a CRD before objects of its kind, whatever their waves say.
 */
export function orderTasks(tasks: readonly SyncTask[], prunedLast: ReadonlySet<string>): readonly SyncTask[] {
  const sorted = withPruneWaves(tasks, prunedLast).sort(byOrder);
  return withDependencies(sorted);
}

function byOrder(a: SyncTask, b: SyncTask): number {
  return (
    phaseOrder[a.phase] - phaseOrder[b.phase] ||
    a.wave - b.wave ||
    kindRank(a.key.kind) - kindRank(b.key.kind) ||
    compareText(a.key.name, b.key.name) ||
    compareText(a.id, b.id)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Mirrors the waves of prunes among themselves, so that what was made last goes first. */
function withPruneWaves(tasks: readonly SyncTask[], prunedLast: ReadonlySet<string>): SyncTask[] {
  const isMirrored = (task: SyncTask) => task.action === 'prune' && !prunedLast.has(task.id);
  const pruneWaves = [...new Set(tasks.filter(isMirrored).map((task) => task.wave))].sort((a, b) => a - b);
  const mirrored = new Map(pruneWaves.map((wave, index) => [wave, pruneWaves.at(-1 - index) ?? wave]));
  const placed = tasks.map((task) =>
    isMirrored(task) ? { ...task, wave: mirrored.get(task.wave) ?? task.wave } : task,
  );
  const isLast = (task: SyncTask) => task.action === 'prune' && prunedLast.has(task.id);
  const waves = placed.filter((task) => task.phase === 'Sync' && !isLast(task)).map((task) => task.wave);
  const lastWave = waves.length === 0 ? 0 : waves.reduce((a, b) => Math.max(a, b)) + 1;
  return placed.map((task) => (isLast(task) ? { ...task, wave: lastWave } : task));
}

/** Moves each namespace and CRD before the first task that needs it, into that task's phase and wave. */
function withDependencies(sorted: readonly SyncTask[]): readonly SyncTask[] {
  const tasks = [...sorted];
  const providers = sorted.filter(
    (task) => task.desired !== undefined && task.hook === undefined && provides(task.desired),
  );
  for (const provider of providers) {
    const from = tasks.findIndex((task) => task.id === provider.id);
    const to = tasks.findIndex((task) => needs(task, provider));
    const first = tasks[to];
    if (first === undefined || from < 0 || to > from) continue;
    const { phase, wave } = first;
    tasks.splice(from, 1);
    tasks.splice(to, 0, { ...provider, phase, wave, id: taskId(phase, provider.key) });
  }
  return tasks;
}

function provides(object: KubeObject): boolean {
  return isNamespace(object) || isCustomResourceDefinition(object);
}

function needs(task: SyncTask, { desired }: SyncTask): boolean {
  if (desired === undefined || task.desired === undefined) return false;
  if (isNamespace(desired)) return task.key.namespace === desired.metadata.name;
  const defined = definedKind(desired);
  return defined !== undefined && task.key.group === defined.group && task.key.kind === defined.kind;
}

export interface DefinedKind {
  readonly group: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

/** The kind that a CRD defines; undefined when it does not say. */
export function definedKind(crd: KubeObject): DefinedKind | undefined {
  const spec = crd['spec'];
  const names = isRecord(spec) ? spec['names'] : undefined;
  if (!isRecord(spec) || !isRecord(names)) return undefined;
  const { group, scope } = spec;
  const { kind } = names;
  if (typeof group !== 'string' || typeof kind !== 'string') return undefined;
  return { group, kind, isNamespaced: scope !== 'Cluster' };
}
