import { invalidObject, notSupported } from '../answers/field-error.ts';
import type { FieldError } from '../answers/field-error.ts';
import type { CallContext, FieldValidation } from '../operations/call-context.ts';
import type { DeletionOptions } from '../operations/delete-object.ts';
import { invalid } from '../answers/field-error.ts';
import type { ApiRequest } from './api-request.ts';

const validations = ['', 'Ignore', 'Strict', 'Warn'];

export type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

/** Query parameters of a write as a context; throws 422 naming the options kind. */
export function parseCall(
  { query, user, userAgent }: ApiRequest,
  kind: OptionsKind,
  body: Readonly<Record<string, unknown>> = {},
): CallContext {
  const dryRun = [
    ...query.getAll('dryRun'),
    ...(Array.isArray(body['dryRun']) ? (body['dryRun'] as string[]) : []),
  ].filter((one) => one !== '');
  const fieldValidation = query.get('fieldValidation') ?? '';
  const errors: FieldError[] = [];
  if (dryRun.some((one) => one !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  if (!validations.includes(fieldValidation))
    errors.push(notSupported('fieldValidation', fieldValidation, validations));
  const manager = query.get('fieldManager') ?? '';
  if (manager.length > 128)
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: 'Too long: may not be more than 128 bytes',
    });
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind, name: '' }, errors);
  return {
    user,
    dryRun: dryRun.length > 0,
    fieldManager: manager !== '' ? manager : managerOf(userAgent),
    // A server that is asked nothing warns.
    fieldValidation: (fieldValidation === '' ? 'Warn' : fieldValidation) as FieldValidation,
    warnings: [],
  };
}

/** The manager of a client that names none: its program. */
export function managerOf(userAgent: string): string {
  return (userAgent.split('/')[0] ?? '').slice(0, 128) || 'unknown';
}

const policies = ['Foreground', 'Background', 'Orphan', 'nil'];

/** Options of a delete, from its body or its query. */
export function parseDeletion({ query }: ApiRequest, body: Readonly<Record<string, unknown>>): DeletionOptions {
  const text = (name: string) =>
    typeof body[name] === 'string' ? (body[name] as string) : (query.get(name) ?? undefined);
  const policy = text('propagationPolicy');
  const orphan =
    typeof body['orphanDependents'] === 'boolean'
      ? body['orphanDependents']
      : parseBoolean(query.get('orphanDependents'));
  const grace = body['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds');
  const errors: FieldError[] = [];
  if (policy !== undefined && policy !== '' && !policies.slice(0, 3).includes(policy))
    errors.push(notSupported('propagationPolicy', policy, policies));
  else if (policy && orphan !== undefined) {
    errors.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions', name: '' }, errors);
  return {
    gracePeriodSeconds: grace === null || grace === undefined || grace === '' ? undefined : Number(grace),
    propagationPolicy: policy ? (policy as NonNullable<DeletionOptions['propagationPolicy']>) : undefined,
    orphanDependents: orphan,
    preconditions: body['preconditions'] as DeletionOptions['preconditions'],
  };
}

export function parseBoolean(text: string | null): boolean | undefined {
  if (text === null || text === '') return undefined;
  return text === 'true' || text === '1';
}
