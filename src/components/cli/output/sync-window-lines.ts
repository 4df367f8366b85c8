import type { Application, SyncWindow } from '#core/api';
import { matchGlob } from '#base/glob';
import { toWindlassError } from '#base/errors';
import type { Session } from '../session/session.ts';

/**
 * What the project's sync windows say about an application. Without a window that names it everything is allowed
 * (`compatibility.md` b.4); with one, the windows are named and the controller decides.
 */
export async function syncWindowLines(
  session: Session,
  application: Application,
): Promise<readonly (readonly [label: string, text: string])[]> {
  const assigned = (await projectWindows(session, application)).filter((window) => isAssigned(window, application));
  if (assigned.length === 0) return [['SyncWindow', 'Sync Allowed']];
  const names = assigned.map(({ kind, schedule, duration }) => `${kind ?? ''}:${schedule ?? ''}:${duration ?? ''}`);
  return [
    ['SyncWindow', 'Decided by the windows below'],
    ['Assigned Windows', names.join(',')],
  ];
}

async function projectWindows(session: Session, { spec }: Application): Promise<readonly SyncWindow[]> {
  try {
    return (await session.projects.get(spec.project || 'default')).spec.syncWindows ?? [];
  } catch (error) {
    // An application whose project is gone can still be looked at; its conditions say what is wrong.
    if (toWindlassError(error).kind === 'NotFound') return [];
    throw error;
  }
}

function isAssigned(window: SyncWindow, { metadata, spec }: Application): boolean {
  const { name = '' } = metadata;
  const { namespace = '', server = '', name: cluster = '' } = spec.destination;
  const hits = [
    matches(window.applications, [name]),
    matches(window.namespaces, [namespace]),
    matches(window.clusters, [server, cluster]),
  ].filter((hit) => hit !== undefined);
  if (hits.length === 0) return false;
  return window.andOperator === true ? hits.every(Boolean) : hits.some(Boolean);
}

function matches(patterns: readonly string[] | undefined, texts: readonly string[]): boolean | undefined {
  if (patterns === undefined || patterns.length === 0) return undefined;
  return patterns.some((pattern) => texts.some((text) => text !== '' && matchGlob(pattern, text)));
}
