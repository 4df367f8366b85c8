import { asText } from '../registry/strategies/fields.ts';
import { isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { badRequest } from '../answers/api-errors.ts';
import { invalid, invalidObject } from '../answers/field-error.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { gvkOfResource } from '../registry/served-resource.ts';
import type { CallContext } from './call-context.ts';

export interface ObjectAddress {
  readonly namespace: string;
  /** Empty for creates. */
  readonly name: string;
}

/**
 * Turns what a client sent into an object of the resource's version: type checked, unknown fields reported as asked and
 * dropped, defaults set. Throws 400 with the decoder's words. The object sent is not changed.
 */
export function decodeObject(
  resource: ServedResource,
  sent: unknown,
  call: CallContext,
  duplicates: readonly string[] = [],
): KubeObject {
  if (!isRecord(sent)) throw unrecognized(resource, sent);
  checkKind(resource, sent);
  const { apiVersion, kind } = resource;
  const metadata = isRecord(sent['metadata']) ? sent['metadata'] : {};
  const object: KubeObject = { ...sent, apiVersion, kind, metadata };
  const schema = resource.schema();
  const mismatch = schema.typeMismatch(object);
  if (mismatch !== undefined) throw badRequest(`${cannotBeHandled(resource)}: ${mismatch}`);
  if (call.fieldValidation !== 'Ignore') {
    const problems = [...schema.unknown(object), ...duplicates.map((path) => `duplicate field "${path}"`)];
    if (problems.length > 0 && call.fieldValidation === 'Strict') {
      throw badRequest(`${cannotBeHandled(resource)}: strict decoding error: ${problems.join(', ')}`);
    }
    call.warnings.push(...problems);
  }
  return schema.setDefaults(schema.prune(object));
}

function cannotBeHandled({ kind, version }: ServedResource): string {
  return `${kind} in version "${version}" cannot be handled as a ${kind}`;
}

function checkKind(resource: ServedResource, sent: Readonly<Record<string, unknown>>): void {
  const { apiVersion, kind } = sent;
  const sameKind = kind === undefined || kind === '' || kind === resource.kind;
  const sameVersion = apiVersion === undefined || apiVersion === '' || apiVersion === resource.apiVersion;
  if (sameKind && sameVersion) return;
  const { group, version } = gvkOfResource(resource);
  if (!resource.builtin) {
    if (!sameKind) {
      const name = isRecord(sent['metadata']) ? asText(sent['metadata']['name']) : '';
      throw invalidObject({ group, kind: asText(kind), name }, [invalid('kind', kind, `must be ${resource.kind}`)]);
    }
  }
  if (!sameVersion) {
    throw badRequest(
      `the API version in the data (${asText(apiVersion)}) does not match the expected API version (${group === '' ? version : `${group}/${version}`})`,
    );
  }
  throw badRequest(
    `${asText(kind)} in version "${version}" cannot be handled as a ${resource.kind}: converting (${version}.${asText(kind)}) to (${internalPackage(group)}.${resource.kind}): unknown conversion`,
  );
}

function internalPackage(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group);
}

function unrecognized({ kind }: ServedResource, sent: unknown): Error {
  const text = JSON.stringify(sent) ?? '';
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(sent) ? 'array' : typeof sent} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${Buffer.from(text).toString('hex').slice(0, 100)})`,
  );
}

/** Fills the namespace in, or refuses one that is not the request's. */
export function settleNamespace(resource: ServedResource, object: KubeObject, namespace: string): void {
  const { metadata } = object;
  if (!resource.namespaced) {
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace === undefined || metadata.namespace === '') metadata.namespace = namespace;
  if (metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** A merge of parts that were checked already, brought into the form in which the kind is kept. */
export function completeObject(resource: ServedResource, merged: KubeObject): KubeObject {
  const schema = resource.schema();
  return schema.setDefaults(schema.prune(merged));
}
