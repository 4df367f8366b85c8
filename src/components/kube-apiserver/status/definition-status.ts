import type { KubeObject } from '#libs/kube';
import { definitions, namesOf } from '../crd/definition.ts';
import { formatTime } from '../operations/timestamps.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import type { StrategyContext } from '../registry/strategy.ts';
import type { StatusWriter } from './write-statuses.ts';

/** Accepts the names of a definition unless another has them, and establishes it. */
export const definitionStatus: StatusWriter = { collection: definitions, manager: 'kube-apiserver', statusOf };

function statusOf(definition: KubeObject, context: StrategyContext): Fields {
  const status = fieldsOf(definition, 'status');
  const conflict = nameConflict(definition, context);
  const lastTransitionTime = formatTime(context.now);
  const accepted =
    conflict === undefined
      ? {
          lastTransitionTime,
          message: 'no conflicts found',
          reason: 'NoConflicts',
          status: 'True',
          type: 'NamesAccepted',
        }
      : { lastTransitionTime, ...conflict, status: 'False', type: 'NamesAccepted' };
  const established =
    conflict === undefined
      ? { message: 'the initial names have been accepted', reason: 'InitialNamesAccepted', status: 'True' }
      : { message: 'not all names are accepted', reason: 'NotAccepted', status: 'False' };
  const others = listOf(status, 'conditions').filter(
    (one) => one['type'] !== 'NamesAccepted' && one['type'] !== 'Established',
  );
  return {
    ...status,
    ...(conflict === undefined ? { acceptedNames: fieldsOf(fieldsOf(definition, 'spec'), 'names') } : {}),
    conditions: [accepted, { lastTransitionTime, ...established, type: 'Established' }, ...others],
  };
}

interface NameConflict {
  readonly reason: string;
  readonly message: string;
}

/** An older definition of the group that has one of the names already. */
function nameConflict(definition: KubeObject, { scan }: StrategyContext): NameConflict | undefined {
  const group = textOf(fieldsOf(definition, 'spec'), 'group');
  const own = namesOf(definition);
  const inUse = (reason: string, name: string) => ({ message: `${JSON.stringify(name)} is already in use`, reason });
  for (const other of scan(definitions)) {
    if (other.metadata.name === definition.metadata.name || textOf(fieldsOf(other, 'spec'), 'group') !== group)
      continue;
    if (!hasAcceptedNames(other)) continue;
    const names = namesOf(other);
    if (names.kind === own.kind) return inUse('KindConflict', own.kind);
    if (names.listKind === own.listKind) return inUse('ListKindConflict', own.listKind);
    const taken = new Set([names.plural, names.singular, ...names.shortNames]);
    if (taken.has(own.singular)) return inUse('SingularConflict', own.singular);
    const short = own.shortNames.find((one) => taken.has(one));
    if (short !== undefined) return inUse('ShortNamesConflict', short);
  }
  return undefined;
}

function hasAcceptedNames(definition: KubeObject): boolean {
  return textOf(fieldsOf(fieldsOf(definition, 'status'), 'acceptedNames'), 'plural') !== '';
}
