import type { LabelSelector } from '../kinds/live-object.ts';

/** Whether labels satisfy a label selector; an absent selector matches nothing, an empty one everything. */
export function matchSelector(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  if (!selector) return false;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    if (operator === 'In') return value !== undefined && values.includes(value);
    return value === undefined || !values.includes(value);
  });
}

export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return (
    !selector ||
    (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0)
  );
}

/** Values of the `label` index that between them hold every object the selector can match; undefined when no label bounds it. */
export function indexableLabels(selector: LabelSelector): readonly string[] | undefined {
  const pair = Object.entries(selector.matchLabels ?? {})[0];
  if (pair) return [`${pair[0]}=${pair[1]}`];
  const anyOf = selector.matchExpressions?.find((expression) => expression.operator === 'In');
  return anyOf?.values?.map((value) => `${anyOf.key}=${value}`);
}
