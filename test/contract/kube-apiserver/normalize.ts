/** Answers without what differs from run to run: ids, revisions, times, random suffixes, addresses that were allocated. */
export function normalize(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((one) => normalize(one, key));
    if (key === 'managedFields') return sorted(list);
    // The real server finds some problems twice.
    return key === 'causes' ? sorted([...new Map(list.map((one) => [JSON.stringify(one), one])).values()]) : list;
  }
  if (value !== null && typeof value === 'object') return normalizeObject(value as Record<string, unknown>);
  return typeof value === 'string' ? normalizeText(value, key) : value;
}

function normalizeObject(object: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(object).sort()) result[normalizeText(key, '')] = normalize(object[key], key);
  // Where a custom resource has several problems, the real server names them in any order.
  if (Array.isArray(result['causes']) && result['causes'].length > 1) result['unordered'] = true;
  const details = result['details'] as { unordered?: boolean } | undefined;
  if (details?.unordered) delete result['message'];
  // The age of a row depends on when it is read.
  if (Array.isArray(result['cells']))
    result['cells'] = result['cells'].map((cell) =>
      typeof cell === 'string' && /^\d+[smh]\d*s?$/.test(cell) ? 'AGE' : cell,
    );
  return result;
}

function sorted(list: readonly unknown[]): unknown[] {
  return list
    .map((one) => JSON.stringify(one))
    .sort()
    .map((one) => JSON.parse(one) as unknown);
}

function normalizeText(text: string, key: string): string {
  if (key === 'resourceVersion' || key === 'continue') return text === '' ? '' : 'N';
  if (key === 'nodePort') return 'NODEPORT';
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replaceAll(/\b10\.96\.(?!77\.)\d+\.\d+/g, 'CLUSTERIP')
    .replaceAll(/in record \(\d+\)/g, 'in record (N)')
    .replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-RANDOM')
    .replaceAll(/\\?"resourceVersion\\?":\\?"\d+\\?"/g, '"resourceVersion":"N"');
}
