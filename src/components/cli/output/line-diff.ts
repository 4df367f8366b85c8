/** One run of lines that differ; lines count from 0, ends are exclusive. */
export interface LineChange {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** The shortest edit from one list of lines to another, by Myers' greedy algorithm. Pure. */
export function compareLines(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  let prefix = 0;
  while (prefix < before.length && prefix < after.length && before[prefix] === after[prefix]) prefix++;
  let suffix = 0;
  const rest = Math.min(before.length, after.length) - prefix;
  while (suffix < rest && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++;
  const a = before.slice(prefix, before.length - suffix);
  const b = after.slice(prefix, after.length - suffix);
  return group(edits(a, b), prefix);
}

interface Edit {
  readonly type: 'keep' | 'remove' | 'add';
  readonly old: number;
  readonly new: number;
}

function edits(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const trace = shortestTrace(a, b);
  const path: Edit[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const ends = trace[d] as ReadonlyMap<number, number>;
    const k = x - y;
    const down = k === -d || (k !== d && (ends.get(k - 1) ?? -1) < (ends.get(k + 1) ?? -1));
    const previousK = down ? k + 1 : k - 1;
    const previousX = d === 0 ? 0 : (ends.get(previousK) ?? 0);
    const previousY = d === 0 ? 0 : previousX - previousK;
    while (x > previousX && y > previousY) path.push({ type: 'keep', old: --x, new: --y });
    if (d === 0) break;
    if (down) path.push({ type: 'add', old: x, new: --y });
    else path.push({ type: 'remove', old: --x, new: y });
  }
  return path.reverse();
}

/** Per number of edits: how far each diagonal reached before that many. */
function shortestTrace(a: readonly string[], b: readonly string[]): readonly ReadonlyMap<number, number>[] {
  const trace: Map<number, number>[] = [];
  const reach = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= a.length + b.length; d++) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return trace;
}

function group(path: readonly Edit[], offset: number): readonly LineChange[] {
  const changes: LineChange[] = [];
  let open: { oldStart: number; newStart: number; removed: number; added: number } | undefined;
  const close = () => {
    if (open === undefined) return;
    const { oldStart, newStart, removed, added } = open;
    changes.push({ oldStart, oldEnd: oldStart + removed, newStart, newEnd: newStart + added });
    open = undefined;
  };
  for (const edit of path) {
    if (edit.type === 'keep') {
      close();
      continue;
    }
    open ??= { oldStart: edit.old + offset, newStart: edit.new + offset, removed: 0, added: 0 };
    if (edit.type === 'remove') open.removed++;
    else open.added++;
  }
  close();
  return changes;
}
