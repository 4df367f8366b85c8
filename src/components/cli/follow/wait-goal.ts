import type { Application } from '#core/api';
import { buildResourceRows } from '../output/resource-rows.ts';
import { isSelected } from './resource-selector.ts';
import type { ResourceSelector } from './resource-selector.ts';

/** What a wait waits for; all that are set must hold, of health any of those asked for. */
export interface WaitGoal {
  readonly isSynced: boolean;
  readonly isHealthy: boolean;
  readonly isSuspended: boolean;
  readonly isDegraded: boolean;
  readonly isOperationDone: boolean;
  readonly isHydrated: boolean;
  /** The goal is about these resources only, where there are any. */
  readonly resources: readonly ResourceSelector[];
}

/** Why an application does not meet a goal, in words; undefined when it does. Pure. */
export function findUnmet(application: Application, goal: WaitGoal): string | undefined {
  const { status, operation } = application;
  if (goal.isOperationDone && (operation !== undefined || isUnfinished(application)))
    return 'its operation has not finished';
  if (goal.isHydrated && status?.sourceHydrator?.currentOperation?.phase !== 'Hydrated') return 'it is not hydrated';
  if (goal.resources.length > 0) return unmetResource(application, goal);
  return unmetState(status?.sync?.status ?? '', status?.health?.status ?? '', goal);
}

function isUnfinished({ status }: Application): boolean {
  const phase = status?.operationState?.phase;
  return phase === 'Running' || phase === 'Terminating';
}

function unmetResource(application: Application, goal: WaitGoal): string | undefined {
  const rows = buildResourceRows(application).filter((row) => isSelected(row, goal.resources));
  if (rows.length === 0) return 'none of its resources is selected';
  for (const { kind, name, status, health } of rows) {
    // A kind without health is as healthy as it can be.
    const unmet = unmetState(status, health === '' ? 'Healthy' : health, goal);
    if (unmet !== undefined) return `${kind} ${name}: ${unmet}`;
  }
  return undefined;
}

function unmetState(sync: string, health: string, goal: WaitGoal): string | undefined {
  if (goal.isSynced && sync !== 'Synced') return `it is ${sync === '' ? 'not compared yet' : sync}, not Synced`;
  const wanted = [
    ...(goal.isHealthy ? ['Healthy'] : []),
    ...(goal.isSuspended ? ['Suspended'] : []),
    ...(goal.isDegraded ? ['Degraded'] : []),
  ];
  if (wanted.length === 0 || wanted.includes(health)) return undefined;
  return `its health is ${health === '' ? 'not known yet' : health}, not ${wanted.join(' or ')}`;
}
