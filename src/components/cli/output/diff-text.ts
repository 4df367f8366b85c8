import { compareLines } from './line-diff.ts';
import type { LineChange } from './line-diff.ts';

export type LinePainter = (line: string) => string;

/** Two texts as the classic `diff` prints them: `3c3`, `< old`, `---`, `> new`. '' for equal texts. Pure. */
export function renderClassicDiff(before: string, after: string): string {
  const [a, b] = [linesOf(before), linesOf(after)];
  return compareLines(a, b)
    .flatMap((change) => {
      const removed = a.slice(change.oldStart, change.oldEnd).map((line) => `< ${line}`);
      const added = b.slice(change.newStart, change.newEnd).map((line) => `> ${line}`);
      return [command(change), ...removed, ...(removed.length > 0 && added.length > 0 ? ['---'] : []), ...added];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Two texts with three lines around each change, `-` and `+` before what differs. '' for equal texts. Pure. */
export function renderUnifiedDiff(before: string, after: string, paint: LinePainter = (line) => line): string {
  const [a, b] = [linesOf(before), linesOf(after)];
  return hunks(compareLines(a, b))
    .flatMap((hunk) => hunkLines(hunk, a, b))
    .map((line) => `${paint(line)}\n`)
    .join('');
}

const context = 3;

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function command({ oldStart, oldEnd, newStart, newEnd }: LineChange): string {
  const [hasOld, hasNew] = [oldEnd > oldStart, newEnd > newStart];
  const letter = hasOld && hasNew ? 'c' : hasOld ? 'd' : 'a';
  return `${range(oldStart, oldEnd)}${letter}${range(newStart, newEnd)}`;
}

/** Lines from 1; an empty range names the line before it. */
function range(start: number, end: number): string {
  if (end <= start + 1) return String(end > start ? start + 1 : start);
  return `${start + 1},${end}`;
}

/** Changes whose surroundings touch belong together. */
function hunks(changes: readonly LineChange[]): readonly (readonly LineChange[])[] {
  const groups: LineChange[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && change.oldStart - last.oldEnd <= context * 2) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}

function hunkLines(changes: readonly LineChange[], a: readonly string[], b: readonly string[]): readonly string[] {
  const [first, last] = [changes[0] as LineChange, changes.at(-1) as LineChange];
  const start = Math.max(0, first.oldStart - context);
  const end = Math.min(a.length, last.oldEnd + context);
  const newStart = first.newStart - (first.oldStart - start);
  const newEnd = last.newEnd + (end - last.oldEnd);
  const lines = [`@@ -${span(start, end)} +${span(newStart, newEnd)} @@`];
  let at = start;
  for (const change of changes) {
    lines.push(...a.slice(at, change.oldStart).map((line) => ` ${line}`));
    lines.push(...a.slice(change.oldStart, change.oldEnd).map((line) => `-${line}`));
    lines.push(...b.slice(change.newStart, change.newEnd).map((line) => `+${line}`));
    at = change.oldEnd;
  }
  return [...lines, ...a.slice(at, end).map((line) => ` ${line}`)];
}

function span(start: number, end: number): string {
  const count = end - start;
  return count === 0 ? `${start},0` : count === 1 ? String(start + 1) : `${start + 1},${count}`;
}
