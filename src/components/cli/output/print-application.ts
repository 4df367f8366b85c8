import { annotations } from '#core/api';
import type { Application } from '#core/api';
import type { Invocation } from '../program/invocation.ts';
import { usageError } from '../program/usage-error.ts';
import type { Session } from '../session/session.ts';
import { parseHold } from '#core/api';
import { renderConditions, renderSummary, shortRevision } from './application-summary.ts';
import { renderOperation } from './operation-summary.ts';
import { renderObject } from './render-object.ts';
import { renderParameters } from './parameters-table.ts';
import { buildResourceRows, renderResources } from './resource-rows.ts';
import { renderResourceTree } from './resource-tree-text.ts';
import { statusStyle } from './status-style.ts';
import { syncWindowLines } from './sync-window-lines.ts';

const applicationFormats = ['wide', 'name', 'json', 'yaml', 'tree', 'tree=detailed'] as const;

export interface PrintOptions {
  readonly format: string;
  readonly showOperation?: boolean;
  readonly showParameters?: boolean;
  /** Name the namespace in the URL, as Argo CD does after a rollback. */
  readonly isQualifiedUrl?: boolean;
}

/** One application in the asked format. Throws USAGE for an unknown one. */
export async function printApplication(
  invocation: Invocation,
  session: Session,
  application: Application,
  options: PrintOptions,
): Promise<void> {
  const { terminal } = invocation;
  const { format } = options;
  const { namespace = '', name = '' } = application.metadata;
  if (format === 'name') return terminal.printLine(`${namespace}/${name}`);
  if (format === 'json' || format === 'yaml') return terminal.print(renderObject(withoutNoise(application), format));
  if (!applicationFormats.includes(format as (typeof applicationFormats)[number])) {
    throw usageError(`--output: "${format}" is not one of ${applicationFormats.join(', ')}.`);
  }
  terminal.print(await buildText(invocation, session, application, options));
}

async function buildText(
  { terminal, program, clock }: Invocation,
  session: Session,
  application: Application,
  { format, showOperation, showParameters, isQualifiedUrl }: PrintOptions,
): Promise<string> {
  const style = statusStyle(terminal, program);
  const head = renderSummary(application, {
    url: await applicationUrl(session, application, isQualifiedUrl === true),
    windows: [
      ...(await syncWindowLines(session, application)),
      ...(program === 'argocd' ? [] : holdLines(application)),
    ],
    style,
  });
  const blocks = [
    head,
    renderConditions(application),
    showOperation === true ? renderOperation(application, clock.now()) : '',
    // As recorded: one more blank line stands before the parameters.
    showParameters === true ? `\n${renderParameters(application)}` : '',
    format.startsWith('tree')
      ? renderResourceTree(application, await session.applications.resourceTree(application), {
          isDetailed: format === 'tree=detailed',
          nowMs: clock.now(),
          style,
        })
      : renderResources(buildResourceRows(application), style),
  ];
  return blocks.filter((block) => block !== '').join('\n');
}

/** That automation leaves a revision alone must not be overlooked. */
function holdLines({ metadata }: Application): readonly (readonly [string, string])[] {
  const hold = parseHold(metadata.annotations?.[annotations.hold]);
  if (hold === undefined) return [];
  const revisions = (hold.skipRevisions ?? []).map(shortRevision).join(', ');
  return [['Hold', `${revisions} by ${hold.by ?? 'somebody'}: ${hold.reason ?? 'no reason was given'}`.trim()]];
}

async function applicationUrl(session: Session, { metadata }: Application, isQualified: boolean): Promise<string> {
  const base = await session.webUrl();
  if (base === undefined) return '';
  const { namespace = '', name = '' } = metadata;
  const isElsewhere = namespace !== session.namespace;
  return `${base}/applications/${isQualified || isElsewhere ? `${namespace}/` : ''}${name}`;
}

/** Managed fields are bookkeeping of the API server. */
export function withoutNoise(application: Application): Application {
  const { managedFields: _managed, ...metadata } = application.metadata;
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...application, metadata };
}
