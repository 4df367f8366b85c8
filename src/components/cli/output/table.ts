import { stripVTControlCharacters } from 'node:util';

/** Rows in columns, two blanks apart, no blanks behind the last; every row has as many cells as the header. Pure. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return renderRows([header, ...rows]);
}

export function renderRows(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
  }
  return rows.map((row) => `${renderRow(row, widths)}\n`).join('');
}

function renderRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => {
      const isLast = column === row.length - 1;
      return isLast ? cell : cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell) + 2);
    })
    .join('')
    .trimEnd();
}

/** Colours take no room. */
function displayWidth(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
