import type { Application } from '#core/api';
import { assessHealth } from '#core/engine';
import type { ResourceNode } from '../session/session.ts';
import { buildResourceRows, keyOf } from './resource-rows.ts';
import type { ResourceRow } from './resource-rows.ts';
import { humanAge } from './human-age.ts';
import type { StatusStyle } from './status-style.ts';
import { renderTable } from './table.ts';
import { treeLines } from './tree-lines.ts';
import type { TreeItem } from './tree-lines.ts';

export interface TreeOptions {
  /** With ages and reasons. */
  readonly isDetailed: boolean;
  readonly nowMs: number;
  readonly style: StatusStyle;
}

/** Resources with what they own, as `-o tree` shows them (`compatibility.md` m). Pure. */
export function renderResourceTree(
  application: Application,
  nodes: readonly ResourceNode[],
  { isDetailed, nowMs, style }: TreeOptions,
): string {
  const resources = new Set((application.status?.resources ?? []).map(keyOf));
  const rows = buildResourceRows(application).filter((row) => resources.has(keyOf(row)));
  const byKey = new Map(nodes.map((node) => [keyOf(node.key), node]));
  const cells = (node: ResourceNode | undefined, row: ResourceRow | undefined): readonly string[] => {
    const health = node && assessHealth(node.object);
    const key = node?.key ?? row;
    return [
      `${key?.kind ?? ''}/${key?.name ?? ''}`,
      style(row?.status ?? ''),
      style(row?.health || (health?.status ?? '')),
      ...(isDetailed ? [humanAge(node?.object.metadata.creationTimestamp ?? undefined, nowMs)] : []),
      (row?.message || health?.message || '').replaceAll(/\s*\n\s*/g, ' '),
      ...(isDetailed ? [health?.verdict.code ?? ''] : []),
    ];
  };
  const build = (node: ResourceNode): TreeItem => ({
    cells: cells(node, undefined),
    children: node.children.map(build),
  });
  const items = rows.map((row): TreeItem => {
    const node = byKey.get(keyOf(row));
    return { cells: cells(node, row), children: node?.children.map(build) ?? [] };
  });
  const header = isDetailed
    ? ['KIND/NAME', 'STATUS', 'HEALTH', 'AGE', 'MESSAGE', 'REASON']
    : ['KIND/NAME', 'STATUS', 'HEALTH', 'MESSAGE'];
  return renderTable(header, treeLines(items));
}
