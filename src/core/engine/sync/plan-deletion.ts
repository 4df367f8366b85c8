import type { KubeObject } from '#libs/kube';
import { parseApiVersion, resourceKeyOf, formatResourceKey } from '#libs/kube';
import { isCustomResourceDefinition } from '../kinds.ts';
import { isKeptByHelm, syncOptionValue } from '../resource-options.ts';
import type { DeletionInput, DeletionStep, DeletionTarget, KeptObject } from './deletion.ts';
import { kindRank } from './kind-rank.ts';
import { restraint } from './parse-sync-options.ts';
import { syncWaveOf } from './sync-wave-of.ts';

/**
 * One pass of a cascade: what is terminating is awaited, else the highest wave goes, last applied kinds first
 * (`compatibility.md` a.11). Objects that outlive their application are `kept`, each with the reason.
 */
export function planDeletion(input: DeletionInput): DeletionStep {
  const kept = input.owned.flatMap((object) => keptObject(object, input));
  const keptIds = new Set(kept.map((one) => formatResourceKey(one.key)));
  const doomed = input.owned.filter((object) => !keptIds.has(formatResourceKey(resourceKeyOf(object))));
  if (doomed.length === 0) return { type: 'done', kept };
  const unconfirmed = input.isApproved ? [] : doomed.filter((object) => deleteRestraint(object, input) === 'confirm');
  if (unconfirmed.length > 0) {
    const message = `waiting for deletion confirmation of ${namesOf(unconfirmed)}`;
    return { type: 'confirm', message, unconfirmed: unconfirmed.map(resourceKeyOf), kept };
  }
  const terminating = doomed.filter((object) => object.metadata.deletionTimestamp !== undefined);
  if (terminating.length > 0) {
    const message = `waiting for deletion of ${namesOf(terminating)}`;
    return { type: 'wait', message, terminating: terminating.map(resourceKeyOf), kept };
  }
  const wave = doomed.map(syncWaveOf).reduce((a, b) => Math.max(a, b));
  const targets = doomed
    .filter((object) => syncWaveOf(object) === wave)
    .sort((a, b) => kindRank(b.kind) - kindRank(a.kind))
    .map((object) => targetOf(object, input));
  return { type: 'delete', wave, targets, kept };
}

function targetOf(object: KubeObject, { propagation }: DeletionInput): DeletionTarget {
  return {
    key: resourceKeyOf(object),
    version: parseApiVersion(object.apiVersion).version,
    uid: object.metadata.uid,
    propagation,
  };
}

function keptObject(object: KubeObject, input: DeletionInput): readonly KeptObject[] {
  const reason = keepReason(object, input);
  return reason === undefined ? [] : [{ key: resourceKeyOf(object), reason }];
}

function keepReason(object: KubeObject, input: DeletionInput): KeptObject['reason'] | undefined {
  if (isCustomResourceDefinition(object)) return 'custom-resource-definition';
  if (input.self !== undefined && formatResourceKey(input.self) === formatResourceKey(resourceKeyOf(object)))
    return 'self';
  if (isKeptByHelm(object)) return 'helm-keep';
  return deleteRestraint(object, input) === 'never' ? 'delete-false' : undefined;
}

/** The object's own word beats the application's. */
function deleteRestraint(object: KubeObject, { options }: DeletionInput): 'default' | 'never' | 'confirm' {
  const own = syncOptionValue(object, 'Delete');
  return own === undefined ? options.delete : restraint(own);
}

function namesOf(objects: readonly KubeObject[]): string {
  const [first] = objects.map(resourceKeyOf);
  const name = first === undefined ? '' : `${first.group}/${first.kind}/${first.name}`;
  return objects.length === 1 ? name : `${name} and ${objects.length - 1} more resources`;
}
