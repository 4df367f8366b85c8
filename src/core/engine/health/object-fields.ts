import { getPath, isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';

/** An integer field, 0 when absent, as Go's types have it. */
export function countAt(object: unknown, ...path: readonly string[]): number {
  const value = getPath(object, ...path);
  return typeof value === 'number' ? value : 0;
}

export function textAt(object: unknown, ...path: readonly string[]): string {
  const value = getPath(object, ...path);
  return typeof value === 'string' ? value : '';
}

export function listAt(object: unknown, ...path: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  const value = getPath(object, ...path);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function conditionsOf(object: KubeObject): readonly Condition[] {
  return listAt(object, 'status', 'conditions').map(readCondition);
}

export function readCondition(condition: unknown): Condition {
  return {
    type: textAt(condition, 'type'),
    status: textAt(condition, 'status'),
    reason: textAt(condition, 'reason'),
    message: textAt(condition, 'message'),
  };
}

/** True while the controller has not seen the latest spec. */
export function isBehindSpec(object: KubeObject): boolean {
  return (object.metadata.generation ?? 0) > countAt(object, 'status', 'observedGeneration');
}
