import type { KubeObject } from '#libs/kube';
import { marks } from '../annotations.ts';
import { nonEmpty } from './finish-operation.ts';
import { completedHooks, releaseSteps } from './hook-steps.ts';
import { kindRank } from './kind-rank.ts';
import type { NextStep, PassInput, Step, StepGroups } from './next-step.ts';
import { appliedMessage, skippedRow } from './record-outcome.ts';
import type { ResourceResult } from './resource-result.ts';
import { rowOf, rowsById } from './result-rows.ts';
import type { SyncPhase, SyncTask } from './sync-plan.ts';
import { waitStep } from './wait-step.ts';

interface Recorded {
  readonly type: 'recorded';
  readonly results: readonly ResourceResult[];
}

/** What the next wave with pending tasks has to send; undefined when no task is pending. */
export function runWave(
  input: PassInput,
  isCandidate: (task: SyncTask) => boolean = (task) => task.phase !== 'SyncFail',
): NextStep | Recorded | undefined {
  const rows = rowsById(input.results);
  const pending = input.plan.tasks.filter((task) => isCandidate(task) && !rows.has(task.id));
  const [first] = pending;
  if (first === undefined) return undefined;
  const wave = pending.filter((task) => task.phase === first.phase && task.wave === first.wave);
  const recorded = wave.flatMap((task) => recordedRow(task, input));
  const results = [...input.results, ...recorded];
  const done = rowsById(recorded);
  const open = wave.filter((task) => !done.has(task.id));
  if (open.length === 0) return { type: 'recorded', results };
  const startsWave = !input.plan.tasks.some(
    (task) => rows.has(task.id) && task.phase === first.phase && task.wave === first.wave,
  );
  return stepsOf(open, { ...input, results }, { phase: first.phase, wave: first.wave, startsWave });
}

/** Rows of tasks that need no step: nothing to send, or a hook that this operation made before a restart. */
function recordedRow(task: SyncTask, input: PassInput): readonly ResourceResult[] {
  if (task.action === 'none') return [skippedRow(task)];
  if (task.action === 'prune') return isGone(task, input) ? [prunedRow(task)] : [];
  if (task.hook === undefined || !isOfOperation(input.live(task.key), input)) return [];
  return [{ ...rowOf(task), status: 'Synced', message: appliedMessage(task, 'created'), hookPhase: 'Running' }];
}

/** Somebody was faster, or the row was lost with the process after the delete. */
function isGone(task: SyncTask, { live }: PassInput): boolean {
  return live(task.key) === undefined;
}

function prunedRow(task: SyncTask): ResourceResult {
  return { ...rowOf(task), status: 'Pruned', message: 'pruned', hookPhase: 'Succeeded' };
}

function isOfOperation(live: KubeObject | undefined, { plan }: PassInput): boolean {
  return live?.metadata.annotations?.[marks.operation] === plan.operationId;
}

interface WavePlace {
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly startsWave: boolean;
}

function stepsOf(open: readonly SyncTask[], input: PassInput, place: WavePlace): NextStep {
  const prunes = open.filter((task) => task.action === 'prune');
  const unconfirmed = prunes.filter((task) => task.isPruneConfirmationRequired && input.isPruneApproved !== true);
  const confirmation = waitStep(input, unconfirmed, 'prune-confirmation');
  if (confirmation !== undefined) return confirmation;
  const leftovers = open.filter((task) => isLeftover(task, input));
  const first: StepGroups = [releaseSteps(completedHooks(input), input), prunes.map(pruneStep)];
  if (leftovers.length > 0) {
    const deletions = leftovers.flatMap((task) => leftoverSteps(task, input));
    const groups = nonEmpty([...first, deletions]);
    return (groups.length > 0 ? undefined : waitStep(input, leftovers, 'deletion')) ?? run(groups, input, place);
  }
  const applies = open.filter((task) => task.action !== 'prune');
  return run(nonEmpty([...first, ...byKindRank(applies)]), input, place);
}

function run(groups: StepGroups, input: PassInput, { phase, wave, startsWave }: WavePlace): NextStep {
  const message = `running ${phase} wave ${wave}`;
  return { type: 'run', phase, wave, startsWave, groups, message, results: input.results };
}

/** Another operation's object where `BeforeHookCreation` wants a fresh one. */
function isLeftover(task: SyncTask, input: PassInput): boolean {
  if (task.hook?.deletePolicies.includes('BeforeHookCreation') !== true) return false;
  const live = input.live(task.key);
  return live !== undefined && !isOfOperation(live, input);
}

/** What is still to be done to make it go; nothing when it is terminating already. */
function leftoverSteps(task: SyncTask, { live }: PassInput): readonly Step[] {
  const object = live(task.key);
  if (object === undefined) return [];
  const { key, version } = task;
  const { uid } = object.metadata;
  const isTerminating = object.metadata.deletionTimestamp !== undefined;
  const isHeld = object.metadata.finalizers?.includes(marks.hookFinalizer) === true;
  if (isTerminating && !isHeld) return [];
  return isTerminating
    ? [{ type: 'release-hook', key, version, uid }]
    : [{ type: 'delete-hook', key, version, uid, propagation: 'Background' }];
}

function pruneStep(task: SyncTask): Step {
  return { type: 'prune', task, uid: task.liveUid };
}

/** Runs of equal rank in plan order: a CRD that was moved before its objects stays before them. */
function byKindRank(tasks: readonly SyncTask[]): StepGroups {
  const groups: Step[][] = [];
  let rank: number | undefined;
  for (const task of tasks) {
    const step: Step = { type: 'apply', task };
    if (kindRank(task.key.kind) === rank) groups.at(-1)?.push(step);
    else groups.push([step]);
    rank = kindRank(task.key.kind);
  }
  return groups;
}
