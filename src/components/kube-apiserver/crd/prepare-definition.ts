import { deepEqual } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { StrategyContext } from '../registry/strategy.ts';
import { fieldsOf, listOf, makeFields, textOf } from '../registry/strategies/fields.ts';
import { formatTime } from '../operations/timestamps.ts';
import { cleanupFinalizer, definitions, namesOf, versionsOf } from './definition.ts';

/**
 * Fills in a definition's derived names and its status. What a real cluster's controllers do a moment later (names accepted,
 * established) is done at once.
 */
export function prepareDefinition(definition: KubeObject, old: KubeObject | undefined, context: StrategyContext): void {
  const spec = makeFields(definition, 'spec');
  const names = makeFields(spec, 'names');
  const { singular, listKind } = namesOf(definition);
  names['singular'] = singular;
  names['listKind'] = listKind;
  spec['conversion'] ??= { strategy: 'None' };
  if (definition.metadata.deletionTimestamp === undefined) {
    definition.metadata.finalizers = [...new Set([...(definition.metadata.finalizers ?? []), cleanupFinalizer])];
  }
  definition['status'] = statusOf(definition, old, context);
}

function statusOf(
  definition: KubeObject,
  old: KubeObject | undefined,
  context: StrategyContext,
): Record<string, unknown> {
  const before = fieldsOf(old, 'status');
  const storage = versionsOf(definition).find((one) => one['storage'] === true);
  const stored = Array.isArray(before['storedVersions']) ? (before['storedVersions'] as string[]) : [];
  const conflict = nameConflict(definition, context);
  const names = fieldsOf(fieldsOf(definition, 'spec'), 'names');
  const time = formatTime(context.now);
  const conditions = [
    conflict === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', reason: conflict.reason, message: conflict.message },
    conflict === undefined
      ? {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        }
      : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
  ].map((condition) => ({ lastTransitionTime: time, ...condition }));
  return {
    conditions: keepTimes(conditions, listOf(before, 'conditions')),
    acceptedNames: conflict === undefined ? names : { kind: '', plural: '' },
    storedVersions: [...new Set([...stored, textOf(storage, 'name')])].filter((one) => one !== ''),
  };
}

function keepTimes(
  conditions: readonly Record<string, string>[],
  before: readonly Record<string, unknown>[],
): readonly unknown[] {
  return conditions.map((condition) => {
    const same = before.find((one) => one['type'] === condition['type']);
    if (!same) return condition;
    const { lastTransitionTime: _was, ...rest } = same;
    const { lastTransitionTime: _is, ...now } = condition;
    return deepEqual(rest, now) ? same : condition;
  });
}

interface NameConflict {
  readonly reason: string;
  readonly message: string;
}

/** Another definition of the group that has one of the names already. */
function nameConflict(definition: KubeObject, { scan }: StrategyContext): NameConflict | undefined {
  const group = textOf(fieldsOf(definition, 'spec'), 'group');
  const own = namesOf(definition);
  for (const other of scan(definitions)) {
    if (other.metadata.name === definition.metadata.name || textOf(fieldsOf(other, 'spec'), 'group') !== group)
      continue;
    const names = namesOf(other);
    if (names.kind === own.kind || names.listKind === own.kind)
      return { reason: 'KindConflict', message: `${JSON.stringify(own.kind)} is already in use` };
    const taken = new Set([names.plural, names.singular, ...names.shortNames]);
    if (taken.has(own.singular))
      return { reason: 'SingularConflict', message: `${JSON.stringify(own.singular)} is already in use` };
    const short = own.shortNames.find((one) => taken.has(one));
    if (short !== undefined)
      return { reason: 'ShortNamesConflict', message: `${JSON.stringify(short)} is already in use` };
  }
  return undefined;
}
