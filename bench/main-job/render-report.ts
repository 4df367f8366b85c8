import { argoFigures } from './argo-figures.ts';
import { chargeable, writesOf } from './call-counts.ts';
import { costsOf } from './check-counts.ts';
import type { MainJobResult } from './run-main-job.ts';

/** Tables in Markdown: measures against Argo CD's, and the calls of each scenario by verb. Pure. */
export function renderReport(results: readonly MainJobResult[]): string {
  const columns = results.flatMap(({ kind }) => [kind === 'real' ? 'real API server' : 'embedded', 'ratio']);
  const applications = results[0]?.applications ?? 0;
  const rows = measures.map(({ name, argo: figure, perApplication = false, read, unit, digits = 0 }) => {
    const argo = figure !== undefined && perApplication ? figure * applications : figure;
    const values = results.flatMap((result) => {
      const value = read(result);
      if (value === undefined) return ['–', ''];
      return [`${value.toFixed(digits)} ${unit}`, argo === undefined || value <= 0 ? '' : ratio(argo / value)];
    });
    return [name, argo === undefined ? '–' : `${argo.toFixed(digits)} ${unit}`, ...values];
  });
  return [
    table(['measure', 'Argo CD 3.6', ...columns], rows),
    '',
    ...results.flatMap((result) => ['', `API calls on the ${result.kind} server, by scenario:`, '', callTable(result)]),
    '',
  ].join('\n');
}

interface Measure {
  readonly name: string;
  readonly argo?: number;
  /** Argo CD's figure is for one application, this measure for all. */
  readonly perApplication?: boolean;
  readonly read: (result: MainJobResult) => number | undefined;
  readonly unit: string;
  readonly digits?: number;
}

const measures: readonly Measure[] = [
  {
    name: 'initial sync: wall time per application',
    argo: argoFigures.initialSyncSecondsPerApplication * 1000,
    read: ({ initialSync, applications }) => (initialSync.lastSeconds * 1000) / applications,
    unit: 'ms',
    digits: 1,
  },
  { name: 'initial sync: last application', read: ({ initialSync }) => initialSync.lastSeconds, unit: 's', digits: 1 },
  {
    name: 'initial sync: median application',
    read: ({ initialSync }) => initialSync.medianSeconds,
    unit: 's',
    digits: 1,
  },
  {
    name: 'initial sync: CPU per application, helm and kustomize included',
    argo: argoFigures.cpuMsPerApplication,
    read: ({ initialSync: { cost }, applications }) => (cost.cpuMs + cost.childrenCpuMs) / applications,
    unit: 'ms',
    digits: 1,
  },
  {
    name: 'initial sync: CPU per application, own',
    read: ({ initialSync: { cost }, applications }) => cost.cpuMs / applications,
    unit: 'ms',
    digits: 1,
  },
  {
    name: 'initial sync: CPU of API server and etcd per application',
    argo: argoFigures.serverCpuMsPerApplication,
    read: ({ initialSync: { cost }, applications }) =>
      cost.serverCpuMs === undefined ? undefined : cost.serverCpuMs / applications,
    unit: 'ms',
    digits: 1,
  },
  {
    name: 'initial sync: API calls per application',
    argo: argoFigures.callsPerApplication,
    read: ({ initialSync: { cost }, applications }) => chargeable(cost.calls) / applications,
    unit: 'calls',
    digits: 2,
  },
  {
    name: 'commit → object changed, refresh: p50',
    argo: argoFigures.commitToObjectMsPerApplication,
    perApplication: true,
    read: ({ byRefresh }) => byRefresh.toObject.p50Ms,
    unit: 'ms',
  },
  { name: 'commit → object changed, refresh: p99', read: ({ byRefresh }) => byRefresh.toObject.p99Ms, unit: 'ms' },
  {
    name: 'commit → Application Synced, refresh: p50',
    argo: argoFigures.commitToSyncedMsPerApplication,
    perApplication: true,
    read: ({ byRefresh }) => byRefresh.toSynced.p50Ms,
    unit: 'ms',
  },
  { name: 'commit → object changed, poll: p50', read: ({ byPoll }) => byPoll.toObject.p50Ms, unit: 'ms' },
  { name: 'commit → object changed, poll: longest', read: ({ byPoll }) => byPoll.toObject.maxMs, unit: 'ms' },
  {
    name: 'commit that touches one: CPU per application in the system',
    argo: argoFigures.cpuMsPerCommitPerApplication,
    read: ({ byRefresh: { cost, toObject }, applications }) =>
      (cost.cpuMs + cost.childrenCpuMs) / toObject.count / applications,
    unit: 'ms',
    digits: 2,
  },
  {
    name: 'commit that nobody reads: CPU until polled',
    read: ({ noopCommit }) => noopCommit.cpuMs + noopCommit.childrenCpuMs,
    unit: 'ms',
  },
  {
    name: 'commit that nobody reads: API calls',
    read: ({ noopCommit }) => chargeable(noopCommit.calls),
    unit: 'calls',
  },
  {
    name: 'idle: API writes per minute, Leases apart',
    argo: argoFigures.idleWritesPerMinutePerApplication,
    perApplication: true,
    read: ({ idle }) => ((writesOf(idle.calls) - writesOf(idle.calls, 'leases')) * 60) / idle.seconds,
    unit: 'writes',
    digits: 1,
  },
  {
    name: 'idle: Lease renewals per minute',
    read: ({ idle }) => (writesOf(idle.calls, 'leases') * 60) / idle.seconds,
    unit: 'writes',
    digits: 1,
  },
  {
    name: 'idle: share of one core',
    read: ({ idle }) => (idle.cpuMs + idle.childrenCpuMs) / idle.seconds / 10,
    unit: '%',
    digits: 2,
  },
  {
    name: 'deleted object back: p50',
    argo: argoFigures.healP50Ms,
    read: ({ healDeleted }) => healDeleted.times.p50Ms,
    unit: 'ms',
  },
  { name: 'deleted object back: p99', read: ({ healDeleted }) => healDeleted.times.p99Ms, unit: 'ms' },
  {
    name: 'edited object back: p50',
    argo: argoFigures.healP50Ms,
    read: ({ healEdited }) => healEdited.times.p50Ms,
    unit: 'ms',
  },
  { name: 'edited object back: p99', read: ({ healEdited }) => healEdited.times.p99Ms, unit: 'ms' },
  { name: 'memory after the initial sync (RSS)', read: ({ initialSync }) => initialSync.cost.rssMb, unit: 'MB' },
  { name: 'memory at the end, idle (RSS)', read: ({ idle }) => idle.rssMb, unit: 'MB' },
  { name: 'memory at the end, idle (PSS)', read: ({ idle }) => idle.pssMb, unit: 'MB' },
];

function callTable(result: MainJobResult): string {
  const costs = costsOf(result);
  const verbs = ['GET', 'LIST', 'POST', 'PUT', 'PATCH', 'APPLY', 'DELETE'];
  const rows = Object.entries(costs).map(([scenario, { calls }]) => {
    const byVerb = verbs.map((verb) => String(countOf(calls, verb)));
    return [scenario, ...byVerb, String(writesOf(calls, 'events')), String(writesOf(calls, 'leases'))];
  });
  return table(['scenario', ...verbs, 'Events (apart)', 'Leases (apart)'], rows);
}

/** Calls of one verb without Events and Leases. */
function countOf(calls: Readonly<Record<string, number>>, verb: string): number {
  return Object.entries(calls).reduce((sum, [key, count]) => {
    const [name, resource = ''] = key.split(' ');
    return name === verb && !['events', 'leases'].includes(resource) ? sum + count : sum;
  }, 0);
}

function ratio(value: number): string {
  return value >= 10 ? `${value.toFixed(0)}x` : `${value.toFixed(1)}x`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
