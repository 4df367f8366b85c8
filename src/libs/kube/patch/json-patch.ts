import { cloneJson, deepEqual, isRecord } from '#base/json';
import { ownField, setField } from '../own-field.ts';
import { patchError } from './patch-error.ts';

/** One operation of RFC 6902. */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/**
 * Applies RFC 6902 operations to a copy of the document. Throws PATCH_INVALID, PATCH_NOT_FOUND and PATCH_TEST_FAILED with the API
 * server's texts.
 */
export function applyJsonPatch<T>(document: T, operations: readonly JsonPatchOperation[]): T {
  if (!Array.isArray(operations)) throw patchError('PATCH_INVALID', 'A JSON patch is a list of operations.');
  // The root has a parent too, so that "" is a place like any other.
  const holder: Record<string, unknown> = { root: cloneJson(document) };
  for (const operation of operations) applyOperation(holder, operation);
  return holder['root'] as T;
}

function applyOperation(holder: Record<string, unknown>, operation: JsonPatchOperation): void {
  const { op, path } = operation;
  switch (op) {
    case 'add':
      return add(holder, operation, valueOf(operation));
    case 'remove':
      remove(holder, operation, path);
      return;
    case 'replace':
      return replace(holder, operation, valueOf(operation));
    case 'move': {
      const from = requireFrom(operation);
      if (path.startsWith(`${from}/`))
        throw patchError('PATCH_INVALID', `A value cannot move into itself: "${from}" to "${path}".`);
      return add(holder, operation, remove(holder, operation, from));
    }
    case 'copy':
      return add(holder, operation, cloneJson(read(holder, operation, requireFrom(operation)) ?? null));
    case 'test':
      return test(holder, operation);
    default:
      throw patchError('PATCH_INVALID', `Unexpected kind: ${String(op)}`);
  }
}

/** The server takes a missing value for null. */
function valueOf({ value }: JsonPatchOperation): unknown {
  return value === undefined ? null : cloneJson(value);
}

function requireFrom({ op, path, from }: JsonPatchOperation): string {
  if (typeof from !== 'string') throw patchError('PATCH_INVALID', `${op} operation for "${path}" has no "from".`);
  return from;
}

interface Place {
  readonly parent: Record<string, unknown> | unknown[];
  readonly key: string;
}

function locate(holder: Record<string, unknown>, { op }: JsonPatchOperation, path: unknown): Place {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) {
    throw patchError(
      'PATCH_INVALID',
      `${op} operation has the path ${JSON.stringify(path)}, which is no JSON pointer.`,
    );
  }
  const keys = ['root', ...path.split('/').slice(1).map(unescape)];
  const last = keys.pop() ?? 'root';
  let parent: unknown = holder;
  for (const key of keys) parent = child(parent, key);
  if (!isRecord(parent) && !Array.isArray(parent)) throw missing(op, path);
  return { parent, key: last };
}

function unescape(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function child(parent: unknown, key: string): unknown {
  if (Array.isArray(parent)) return (parent as unknown[])[indexOf(key, parent.length)];
  return isRecord(parent) ? ownField(parent, key) : undefined;
}

/** Negative indexes count from the end, as the server has it; -1 for what is no index. */
function indexOf(key: string, length: number): number {
  if (!/^(0|-?[1-9]\d*)$/.test(key)) return -1;
  return Number(key) < 0 ? Number(key) + length : Number(key);
}

function missing(op: string, path: string): Error {
  return patchError('PATCH_NOT_FOUND', `${op} operation does not apply: doc is missing path: "${path}": missing value`);
}

/** Undefined when the place is empty: copying that copies null, as the server does. */
function read(holder: Record<string, unknown>, operation: JsonPatchOperation, path: string): unknown {
  const { parent, key } = locate(holder, operation, path);
  return child(parent, key);
}

function add(holder: Record<string, unknown>, operation: JsonPatchOperation, value: unknown): void {
  const { parent, key } = locate(holder, operation, operation.path);
  if (!Array.isArray(parent)) return setField(parent, key, value);
  if (key === '-') {
    parent.push(value);
    return;
  }
  parent.splice(listIndex(operation, key, parent.length), 0, value);
}

function listIndex({ op, path }: JsonPatchOperation, key: string, max: number): number {
  const index = indexOf(key, max + 1);
  if (index < 0 || index > max) {
    throw patchError(
      'PATCH_NOT_FOUND',
      `${op} operation does not apply: doc is missing path: "${path}": Unable to access invalid index: ${key}: invalid index referenced`,
    );
  }
  return index;
}

function remove(holder: Record<string, unknown>, operation: JsonPatchOperation, path: string): unknown {
  const { parent, key } = locate(holder, operation, path);
  const value = child(parent, key);
  if (value === undefined) {
    throw patchError(
      'PATCH_NOT_FOUND',
      `${operation.op} operation does not apply: doc is missing path: "${path}": missing value`,
    );
  }
  if (Array.isArray(parent)) parent.splice(indexOf(key, parent.length), 1);
  else delete parent[key];
  return value;
}

/** In a map the server replaces what is not there, too. */
function replace(holder: Record<string, unknown>, operation: JsonPatchOperation, value: unknown): void {
  const { parent, key } = locate(holder, operation, operation.path);
  if (!Array.isArray(parent)) {
    setField(parent, key, value);
    return;
  }
  const index = indexOf(key, parent.length);
  if (index < 0 || index >= parent.length) {
    throw patchError(
      'PATCH_NOT_FOUND',
      `replace operation does not apply: doc is missing key: ${operation.path}: missing value`,
    );
  }
  parent[index] = value;
}

function test(holder: Record<string, unknown>, operation: JsonPatchOperation): void {
  const { parent, key } = locate(holder, operation, operation.path);
  const value = child(parent, key);
  // A test against null holds for what is absent, as the server has it.
  if (!deepEqual(value ?? null, operation.value ?? null)) {
    throw patchError('PATCH_TEST_FAILED', `testing value ${operation.path} failed: test failed`);
  }
}
