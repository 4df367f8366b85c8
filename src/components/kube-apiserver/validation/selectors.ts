import type { Fields } from '../registry/strategies/fields.ts';
import { asText, fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';

/** Whether a metav1.LabelSelector (matchLabels and matchExpressions) selects the labels. An empty selector selects all. */
export function matchesLabelSelector(selector: Fields, labels: Readonly<Record<string, unknown>>): boolean {
  const wanted = Object.entries(fieldsOf(selector, 'matchLabels'));
  if (!wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)) return false;
  return listOf(selector, 'matchExpressions').every((one) => matchesExpression(one, labels));
}

function matchesExpression(expression: Fields, labels: Readonly<Record<string, unknown>>): boolean {
  const key = textOf(expression, 'key');
  const values = Array.isArray(expression['values']) ? (expression['values'] as unknown[]) : [];
  const present = Object.hasOwn(labels, key);
  switch (textOf(expression, 'operator')) {
    case 'In':
      return present && values.includes(labels[key]);
    case 'NotIn':
      return !present || !values.includes(labels[key]);
    case 'Exists':
      return present;
    case 'DoesNotExist':
      return !present;
    default:
      return false;
  }
}

export function isEmptySelector(selector: Fields): boolean {
  return (
    Object.keys(fieldsOf(selector, 'matchLabels')).length === 0 && listOf(selector, 'matchExpressions').length === 0
  );
}

/** A LabelSelector in the text form of scale subresources and printed columns: `a=b,c in (d,e),!f`. */
export function formatLabelSelector(selector: Fields): string {
  const labels = Object.entries(fieldsOf(selector, 'matchLabels'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, text: `${key}=${asText(value)}` }));
  const expressions = listOf(selector, 'matchExpressions').map((one) => {
    const key = textOf(one, 'key');
    const values = Array.isArray(one['values']) ? [...(one['values'] as string[])].sort().join(',') : '';
    const operator = textOf(one, 'operator');
    if (operator === 'Exists') return { key, text: key };
    if (operator === 'DoesNotExist') return { key, text: `!${key}` };
    return { key, text: `${key} ${operator === 'In' ? 'in' : 'notin'} (${values})` };
  });
  return [...labels, ...expressions]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',');
}
