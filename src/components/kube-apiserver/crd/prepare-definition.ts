import type { KubeObject } from '#libs/kube';
import { formatTime } from '../operations/timestamps.ts';
import type { StrategyContext } from '../registry/strategy.ts';
import { fieldsOf, listOf, makeFields, textOf } from '../registry/strategies/fields.ts';
import { cleanupFinalizer, namesOf, versionsOf } from './definition.ts';

/** Fills in what a definition leaves to the server: derived names, conversion, which versions are stored. */
export function prepareDefinition(definition: KubeObject, old: KubeObject | undefined): void {
  const spec = makeFields(definition, 'spec');
  const names = makeFields(spec, 'names');
  const { singular, listKind } = namesOf(definition);
  names['singular'] = singular;
  names['listKind'] = listKind;
  spec['conversion'] ??= { strategy: 'None' };
  const storage = textOf(
    versionsOf(definition).find((one) => one['storage'] === true),
    'name',
  );
  const before = fieldsOf(old, 'status');
  const stored = Array.isArray(before['storedVersions']) ? (before['storedVersions'] as string[]) : [];
  const storedVersions = [...new Set([...stored, storage])].filter((one) => one !== '');
  const status = old === undefined ? { conditions: null, acceptedNames: { plural: '', kind: '' } } : before;
  definition['status'] = { ...status, storedVersions };
}

/** A definition stays until its objects are gone. */
export function markDefinitionTerminating(definition: KubeObject, { now }: StrategyContext, old: KubeObject): void {
  const { metadata } = definition;
  metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), cleanupFinalizer])];
  delete metadata.deletionGracePeriodSeconds;
  if (old.metadata.generation !== undefined) metadata.generation = old.metadata.generation;
  const status = fieldsOf(definition, 'status');
  const conditions = listOf(status, 'conditions');
  if (conditions.some((one) => one['type'] === 'Terminating')) return;
  const terminating = {
    lastTransitionTime: formatTime(now),
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    reason: 'InstanceDeletionPending',
    status: 'True',
    type: 'Terminating',
  };
  definition['status'] = { ...status, conditions: [...conditions, terminating] };
}
