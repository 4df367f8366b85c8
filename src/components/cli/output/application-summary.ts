import type { Application, ApplicationSource } from '#core/api';
import { sourcesOf } from '../session/sources-of.ts';
import { formatTime } from './format-time.ts';
import { renderTable } from './table.ts';
import { syncPolicyText } from './sync-policy-text.ts';
import type { StatusStyle } from './status-style.ts';

export interface SummaryOptions {
  /** '' when nobody knows. */
  readonly url: string;
  /** What sync windows say, e.g. "Sync Allowed". */
  readonly windows: readonly (readonly [label: string, text: string])[];
  readonly style: StatusStyle;
}

const labelWidth = 20;

/** The key and value block that `app get`, `sync`, `wait` and `rollback` end with (`compatibility.md` m). Pure. */
export function renderSummary(application: Application, { url, windows, style }: SummaryOptions): string {
  const { metadata, spec, status } = application;
  const { destination } = spec;
  const lines = [
    line('Name', `${metadata.namespace ?? ''}/${metadata.name ?? ''}`),
    line('Project', spec.project === '' ? 'default' : spec.project),
    line('Server', destination.server || destination.name || ''),
    line('Namespace', destination.namespace ?? ''),
    line('URL', url),
    ...sourceLines(application),
    ...windows.map(([label, text]) => line(label, text)),
    line('Sync Policy', syncPolicyText(application)),
    line('Sync Status', style(syncStatusText(application))),
    line('Health Status', style(healthText(status?.health))),
  ];
  return `${lines.join('\n')}\n`;
}

/** "Synced to main (1a2b3c4)", "OutOfSync from main (1a2b3c4)", "Unknown". */
function syncStatusText(application: Application): string {
  const { status = '', revision, revisions } = application.status?.sync ?? {};
  const preposition = status === 'Synced' ? ' to' : status === 'OutOfSync' ? ' from' : undefined;
  if (preposition === undefined) return status;
  const at = revisions !== undefined && revisions.length > 0 ? revisions : revision === undefined ? [] : [revision];
  const targets = sourcesOf(application).map((source, index) => targetText(source, at[index]));
  return `${status}${preposition} ${targets.join(', ')}`;
}

function targetText({ targetRevision = '' }: ApplicationSource, revision: string | undefined): string {
  return revision === undefined || revision === '' ? targetRevision : `${targetRevision} (${shortRevision(revision)})`;
}

/** Seven digits of a SHA; versions of charts stay whole. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision;
}

export function renderConditions(application: Application): string {
  const conditions = application.status?.conditions ?? [];
  if (conditions.length === 0) return '';
  return renderTable(
    ['CONDITION', 'MESSAGE', 'LAST TRANSITION'],
    conditions.map(({ type, message, lastTransitionTime }) => [type, message, formatTime(lastTransitionTime)]),
  );
}

function healthText(health: { readonly status?: string; readonly message?: string } | undefined): string {
  const { status = '', message } = health ?? {};
  return message === undefined || message === '' ? status : `${status} (${message})`;
}

function sourceLines(application: Application): readonly string[] {
  const sources = sourcesOf(application);
  const title = (application.spec.sources ?? []).length > 0 ? 'Sources:' : 'Source:';
  return [title, ...sources.flatMap(oneSource)];
}

function oneSource(source: ApplicationSource): readonly string[] {
  const { repoURL, targetRevision = '', path = '', ref, helm, chart } = source;
  return [
    line('- Repo', repoURL),
    line('  Target', targetRevision),
    ...(chart ? [line('  Chart', chart)] : [line('  Path', path)]),
    ...(ref ? [line('  Ref', ref)] : []),
    ...(helm?.valueFiles?.length ? [line('  Helm Values', helm.valueFiles.join(','))] : []),
    ...(source.kustomize?.namePrefix ? [line('  Name Prefix', source.kustomize.namePrefix)] : []),
  ];
}

function line(label: string, text: string): string {
  return `${`${label}:`.padEnd(labelWidth)}${text}`.trimEnd();
}
