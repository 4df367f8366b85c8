import { deepEqual, isRecord } from '#base/json';
import type { KubeObject, ManagedFieldsEntry } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import type { Difference, Path } from '#libs/kube/structured-merge';
import {
  AppliedInvalid,
  ApplyConflict,
  applyServerSide,
  compareObjects,
  FieldSet,
  fieldPath,
  fieldSetOf,
  isApplied,
  pathToString,
  predictApply,
  storedForm,
  trackUpdate,
} from '#libs/kube/structured-merge';
import type { Answer } from './control-plane.ts';
import type { Subject } from './run-prediction.ts';

export interface Mismatch {
  readonly kind: string;
  readonly what: string;
  readonly detail: string;
}

export interface Judged {
  readonly subject: Subject;
  readonly live: KubeObject;
  readonly desired: KubeObject;
  readonly answer: Answer;
}

/** In this test `Typed` is the one custom resource with a status endpoint. */
function resetFieldsOf(kind: string): readonly Path[] | undefined {
  return kind === 'Typed' ? [fieldPath('status')] : undefined;
}

export function judgePrediction(judged: Judged): 'judged' | 'invalid' | 'incomparable' {
  const { subject, live, desired, answer } = judged;
  const isAccepted = answer.status < 300;
  const actual = answer.body as KubeObject;
  const own = isAccepted
    ? actual.metadata.managedFields?.find(
        (entry) => entry.manager === 'argocd-controller' && entry.operation === 'Apply',
      )
    : undefined;
  try {
    const prediction = predictApply({
      live,
      desired,
      manager: 'argocd-controller',
      schema: subject.schema,
      gvk: gvkOf(desired),
      now: own?.time ?? firstApplyTime(actual),
      resetFields: resetFieldsOf(desired.kind),
    });
    if (!isAccepted) return 'incomparable';
    judgeObjects(judged, prediction.object, prediction.changed);
    countKinds(judged, prediction.changed);
    return 'judged';
  } catch (error) {
    if (!(error instanceof AppliedInvalid)) throw error;
    if (error.message.includes('duplicate entries')) subject.run.duplicates++;
    if (isAccepted) report(judged, 'we refuse what the server accepts', error.message);
    else judgeRefusal(judged, error);
    return 'invalid';
  }
}

function countKinds({ subject, live, desired }: Judged, changed: boolean): void {
  const { run, schema } = subject;
  const own = live.metadata.managedFields?.find(
    (entry) => entry.manager === 'argocd-controller' && entry.operation === 'Apply',
  );
  const owned = FieldSet.fromFieldsV1(own?.fieldsV1);
  if (!owned.difference(fieldSetOf(schema, desired)).isEmpty) run.removals++;
  const isQuick = isApplied({
    live,
    desired,
    manager: 'argocd-controller',
    schema,
    resetFields: resetFieldsOf(desired.kind),
  });
  if (!changed) run.unchanged++;
  if (isQuick) run.unchangedQuickly++;
}

/** The other entry that an apply can write: for an object that nobody tracked. */
function firstApplyTime(object: KubeObject): string | undefined {
  return object.metadata.managedFields?.find((entry) => entry.manager === 'before-first-apply')?.time;
}

/** In their updates the server allocates, or writes status at the same time. */
const selfAllocating: ReadonlySet<string> = new Set([
  'Service',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'APIService',
  'CustomResourceDefinition',
  'DaemonSet',
]);

export interface Written {
  readonly subject: Subject;
  readonly before: KubeObject | undefined;
  readonly sent: KubeObject | undefined;
  readonly manager: string;
  readonly after: KubeObject;
}

/** Judges what a create, replace or merge patch did: the tracked owners, and the defaults of a new object. */
export function judgeWrite({ subject, before, sent, manager, after }: Written): void {
  if (selfAllocating.has(after.kind) && before !== undefined) return;
  const { schema, run } = subject;
  const theirs = after.metadata.managedFields ?? [];
  const now = theirs.find((entry) => entry.manager === manager)?.time ?? '';
  // Owners are tracked before the storage allocates what only it can.
  const stored = before === undefined && sent !== undefined ? storedForm(schema, gvkOf(sent), sent) : after;
  const { managedFields: _, ...metadata } = stored.metadata;
  const tracked = { ...stored, metadata };
  const ours = trackUpdate({ before, after: tracked, manager, schema, now, resetFields: resetFieldsOf(after.kind) });
  run.writes++;
  // A created DaemonSet gets an annotation that counts its templates before owners are tracked; nobody reads it.
  if (!deepEqual(ours, theirs) && (after.kind !== 'DaemonSet' || before !== undefined)) {
    run.mismatches.push({
      kind: after.kind,
      what: before === undefined ? 'owners after create' : 'owners after update',
      detail: `${describeOwners(ours, theirs)}${process.env['PREDICTION_VERBOSE'] === undefined ? '' : JSON.stringify([sent, before, after])}`,
    });
  }
  if (before === undefined && sent !== undefined) judgeCreated(subject, storedForm(schema, gvkOf(sent), sent), after);
}

/** What a create by apply made. */
export function judgeCreateByApply({ subject, sent, manager, after }: Written): void {
  if (sent === undefined) return;
  const { schema, run } = subject;
  const theirs = after.metadata.managedFields ?? [];
  const now = theirs.find((entry) => entry.manager === manager)?.time;
  const prediction = predictApply({
    live: undefined,
    desired: sent,
    manager,
    schema,
    gvk: gvkOf(sent),
    now,
    resetFields: resetFieldsOf(sent.kind),
  });
  run.writes++;
  if (!deepEqual(prediction.managedFields, theirs)) {
    run.mismatches.push({
      kind: after.kind,
      what: 'owners after create by apply',
      detail: describeOwners(prediction.managedFields, theirs),
    });
  }
  judgeCreated(subject, prediction.object, after);
}

/** A new object may hold what the server allocates; everything that we say must be there. */
function judgeCreated({ schema, run }: Subject, ours: KubeObject, theirs: KubeObject): void {
  const differences = compareObjects(schema, ours, theirs).filter(
    ({ path, desired }) => desired !== undefined && !path.startsWith('.status') && path !== '.metadata.namespace',
  );
  if (differences.length > 0)
    run.mismatches.push({
      kind: theirs.kind,
      what: 'created object',
      detail: differences.map(describe).join('\n    '),
    });
}

/** The server's text ends with what is wrong, after naming the object. */
function judgeRefusal(judged: Judged, error: AppliedInvalid): void {
  const text = String(judged.answer.body['message']);
  // Problems of a struct come in the order of the server's map, which is none.
  const lines = (message: string) =>
    message
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== 'errors:')
      .sort();
  const theirs = lines(text.replace(/^failed to create typed patch object \(.*?\): /, ''));
  if (text.startsWith('failed to create typed patch object') && !deepEqual(theirs, lines(error.message))) {
    report(judged, 'refusal text', `server ${text} · ours ${error.message}`);
  }
}

function judgeObjects(judged: Judged, predicted: KubeObject, changed: boolean): void {
  const { subject, live } = judged;
  const actual = judged.answer.body as KubeObject;
  // A port that is new to a service gets its number from the server.
  const differences = compareObjects(subject.schema, predicted, actual).filter(
    ({ path, desired }) => desired !== undefined || !path.endsWith('.nodePort'),
  );
  if (differences.length > 0) report(judged, 'object', differences.map(describe).join('\n    '));
  else if (predicted.kind !== 'Service' && !deepEqual(withoutCounters(predicted), withoutCounters(actual))) {
    report(judged, 'object, in what compareObjects does not see', '');
  }
  const ours = predicted.metadata.managedFields;
  const theirs = actual.metadata.managedFields;
  // The server writes a new time where a value was only spelled in another way and the order of entries changes by it.
  const isOnlyTime = !changed && sameButTime(ours, theirs);
  if (!deepEqual(ours, theirs) && !isOnlyTime) {
    report(judged, 'managedFields', describeOwners(ours, theirs));
  }
  const isUnchanged =
    deepEqual(withoutCounters(actual), withoutCounters(live)) && deepEqual(theirs, live.metadata.managedFields);
  if (changed === isUnchanged && !isOnlyTime) report(judged, 'changed', `ours ${changed}`);
}

function describe({ path, desired, live }: Difference): string {
  return `${path}: ours ${JSON.stringify(desired)} server ${JSON.stringify(live)}`;
}

function sameButTime(ours: readonly ManagedFieldsEntry[] = [], theirs: readonly ManagedFieldsEntry[] = []): boolean {
  const plain = (entries: readonly ManagedFieldsEntry[]) =>
    entries.map((entry) => JSON.stringify({ ...entry, time: '' })).sort();
  return deepEqual(plain(ours), plain(theirs));
}

/** Manager by manager, the paths that only one side has. */
function describeOwners(
  ours: readonly ManagedFieldsEntry[] | undefined,
  theirs: readonly ManagedFieldsEntry[] | undefined,
): string {
  const byKey = (entries: readonly ManagedFieldsEntry[] | undefined) =>
    new Map(
      (entries ?? []).map((entry) => [
        `${entry.manager} ${entry.operation} ${entry.subresource ?? ''} ${entry.time ?? 'no time'}`,
        FieldSet.fromFieldsV1(entry.fieldsV1),
      ]),
    );
  const left = byKey(ours);
  const right = byKey(theirs);
  const only = (a: FieldSet, b: FieldSet) => [...a.difference(b).paths()].map(pathToString).join(' ');
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((key) => [key, left.get(key) ?? FieldSet.empty, right.get(key) ?? FieldSet.empty] as const)
    .filter(([, a, b]) => !a.equals(b))
    .map(([key, a, b]) => `${key}: only ours ${only(a, b)} · only server ${only(b, a)}`)
    .join('\n    ');
}

/** Counters belong to the storage, owners are compared for themselves. */
function withoutCounters(object: KubeObject): unknown {
  const { managedFields: _, generation: __, resourceVersion: ___, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** True when there was a conflict to judge. */
export function judgeConflicts(judged: Judged): boolean {
  const { subject, live, desired, answer } = judged;
  const ours = conflictsOf(subject, live, desired);
  const isConflict = answer.status === 409;
  const message = isConflict ? String(answer.body['message']) : '';
  if ((ours?.message ?? '') !== message)
    report(judged, 'conflict', `server ${message || answer.status} · ours ${ours?.message ?? 'none'}`);
  if (ours !== undefined && isConflict) {
    const details = answer.body['details'];
    const causes = isRecord(details) ? (details['causes'] as { message: string; field: string }[]) : [];
    const fields = ours.conflicts.map(({ message: text, field }) => `${text}: ${field}`);
    if (!deepEqual(causes.map(({ message: text, field }) => `${text}: ${field}`).sort(), fields.sort())) {
      report(judged, 'conflict causes', `server ${JSON.stringify(causes)} · ours ${JSON.stringify(fields)}`);
    }
  }
  return isConflict;
}

function conflictsOf({ schema }: Subject, live: KubeObject, desired: KubeObject): ApplyConflict | undefined {
  try {
    applyServerSide({
      live,
      applied: desired,
      manager: 'argocd-controller',
      force: false,
      schema,
      now: '2026-01-01T00:00:00Z',
      resetFields: resetFieldsOf(desired.kind),
    });
    return undefined;
  } catch (error) {
    if (error instanceof ApplyConflict) return error;
    throw error;
  }
}

function report({ subject, live, desired }: Judged, what: string, detail: string): void {
  const input =
    process.env['PREDICTION_VERBOSE'] === undefined
      ? ''
      : `\n    desired ${JSON.stringify(desired)}\n    live ${JSON.stringify(live)}`;
  subject.run.mismatches.push({ kind: subject.sample.kind, what, detail: detail + input });
}
