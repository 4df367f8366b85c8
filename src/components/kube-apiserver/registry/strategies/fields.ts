import { isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';

export type Fields = Record<string, unknown>;

/** The object at a key, or an empty one that is not attached. */
export function fieldsOf(owner: unknown, key: string): Fields {
  const value = isRecord(owner) ? owner[key] : undefined;
  return isRecord(value) ? value : {};
}

export function listOf(owner: unknown, key: string): readonly Fields[] {
  const value = isRecord(owner) ? owner[key] : undefined;
  return Array.isArray(value) ? (value.filter(isRecord) as Fields[]) : [];
}

export function textOf(owner: unknown, key: string): string {
  const value = isRecord(owner) ? owner[key] : undefined;
  return typeof value === 'string' ? value : '';
}

/** The object at a key, made when absent. Only for objects that are being prepared. */
export function makeFields(owner: KubeObject | Fields, key: string): Fields {
  const value = owner[key];
  if (isRecord(value)) return value;
  const made: Fields = {};
  owner[key] = made;
  return made;
}

/** A scalar as text; empty for what is none. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
