import type { KubeObject } from '#libs/kube';
import type { Fields } from '../registry/strategies/fields.ts';
import { asText, fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import { formatAge } from './human-duration.ts';

/** The cells of an object's row, in the order of its kind's columns. */
export type Printer = (object: KubeObject, now: number) => readonly unknown[];

export const none = '<none>';

export function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? '';
}

export function ageOf({ metadata }: KubeObject, now: number): string {
  return formatAge(metadata.creationTimestamp, now);
}

export function numberOf(owner: unknown, key: string): number {
  const value = (owner as Fields | undefined)?.[key];
  return typeof value === 'number' ? value : 0;
}

export function orNone(text: string): string {
  return text === '' ? none : text;
}

/** Names and images of a pod template's containers, each joined by commas. */
export function containersOf(template: Fields): readonly [names: string, images: string] {
  const containers = listOf(fieldsOf(template, 'spec'), 'containers');
  return [
    containers.map((one) => textOf(one, 'name')).join(','),
    containers.map((one) => textOf(one, 'image')).join(','),
  ];
}

export function formatLabels(labels: Fields): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${asText(value)}`);
  return orNone(pairs.sort().join(','));
}
