import type { Application, ResourceResult, ResourceStatus } from '#core/api';
import { renderTable } from './table.ts';
import type { StatusStyle } from './status-style.ts';

/** One line of the table of resources. */
export interface ResourceRow {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: string;
  readonly health: string;
  readonly hook: string;
  readonly message: string;
}

const resourceHeader = ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'HEALTH', 'HOOK', 'MESSAGE'] as const;

/**
 * Resources of the last operation that are no resources of the application (hooks, the namespace), then the application's own with
 * the operation's message. Of the former, phase and result stand under STATUS and HEALTH, as Argo CD shows them. Pure.
 */
export function buildResourceRows({ status }: Application): readonly ResourceRow[] {
  const results = new Map<string, ResourceResult>();
  for (const result of status?.operationState?.syncResult?.resources ?? []) results.set(keyOf(result), result);
  const own = (status?.resources ?? []).map((resource) => {
    const result = results.get(keyOf(resource));
    results.delete(keyOf(resource));
    return ownRow(resource, result);
  });
  return [...[...results.values()].map(resultRow), ...own];
}

function ownRow(resource: ResourceStatus, result: ResourceResult | undefined): ResourceRow {
  const { group = '', kind = '', namespace = '', name = '', status = '', health } = resource;
  return {
    group,
    kind,
    namespace,
    name,
    status,
    health: health?.status ?? '',
    hook: result?.hookType ?? '',
    message: result?.message ?? health?.message ?? '',
  };
}

function resultRow({
  group,
  kind,
  namespace,
  name,
  hookPhase,
  status,
  hookType,
  message,
}: ResourceResult): ResourceRow {
  return {
    group,
    kind,
    namespace,
    name,
    status: hookPhase ?? '',
    health: status ?? '',
    hook: hookType ?? '',
    message: message ?? '',
  };
}

export function keyOf({
  group = '',
  kind = '',
  namespace = '',
  name = '',
}: Pick<ResourceStatus, 'group' | 'kind' | 'namespace' | 'name'>): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

export function cellsOf(row: ResourceRow): readonly string[] {
  return [row.group, row.kind, row.namespace, row.name, row.status, row.health, row.hook, firstLine(row.message)];
}

export function renderResources(rows: readonly ResourceRow[], style: StatusStyle): string {
  if (rows.length === 0) return '';
  return renderTable(
    resourceHeader,
    rows.map((row) => cellsOf({ ...row, status: style(row.status), health: style(row.health) })),
  );
}

/** A table has one line per row. */
function firstLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
