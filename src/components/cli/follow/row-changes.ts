import type { Application } from '#core/api';
import { buildResourceRows, cellsOf, keyOf } from '../output/resource-rows.ts';
import type { ResourceRow } from '../output/resource-rows.ts';
import { formatTimestamp } from '../output/format-time.ts';

const widths = [25, 10, 10, 20, 25, 10, 10, 8] as const;

/** Tells which rows of an application's resources are new or different since the last look. */
export class RowChanges {
  readonly #seen = new Map<string, string>();

  next(application: Application, isWanted: (row: ResourceRow) => boolean = () => true): readonly ResourceRow[] {
    return buildResourceRows(application).filter((row) => {
      const key = keyOf(row);
      const text = JSON.stringify(row);
      if (!isWanted(row) || this.#seen.get(key) === text) return false;
      this.#seen.set(key, text);
      return true;
    });
  }
}

/** The head of progress rows. */
export function progressHeader(): string {
  return progressCells(['TIMESTAMP', 'GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'HEALTH', 'HOOK', 'MESSAGE']);
}

/** A change as one line with its time. */
export function progressRow(row: ResourceRow, nowMs: number): string {
  return progressCells([formatTimestamp(nowMs), ...cellsOf(row)]);
}

function progressCells(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd();
}
