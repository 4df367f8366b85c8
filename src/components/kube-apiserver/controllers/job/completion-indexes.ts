import type { Pod } from '../kinds/pod.ts';

export const completionIndexKey = 'batch.kubernetes.io/job-completion-index';

/** The index of a pod of an Indexed job; -1 when it has none. */
export function completionIndexOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[completionIndexKey] ?? '';
  return /^\d+$/.test(text) ? Number(text) : -1;
}

/** "0-2,5" as a set of numbers. */
export function parseIndexes(text: string | undefined): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [first = '', last = first] = part.split('-');
    for (let index = Number(first); index <= Number(last); index++) indexes.add(index);
  }
  return indexes;
}

export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const index of sorted) {
    const last = ranges.at(-1);
    if (last && index === last[1] + 1) last[1] = index;
    else ranges.push([index, index]);
  }
  // Two neighbours are listed; from three on they are a range, as the real controller writes them.
  return ranges
    .map(([first, last]) =>
      first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`,
    )
    .join(',');
}
