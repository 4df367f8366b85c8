import { toWindlassError, WindlassError } from '#base/errors';
import type { Application } from '#core/api';
import type { Invocation } from '../../program/invocation.ts';
import type { Session } from '../../session/session.ts';
import { sourcesOf } from '../../session/sources-of.ts';

/** Whether an application can work: its form, its project, its destination, its sources. Throws APPLICATION_INVALID. */
export async function validateApplication(
  { terminal }: Invocation,
  session: Session,
  application: Application,
): Promise<void> {
  const { spec } = application;
  checkForm(application);
  await checkProject(session, application);
  const clusters = await session.clusters.list();
  const { server = '', name = '' } = spec.destination;
  const isKnown = clusters.some((cluster) =>
    server === '' ? cluster.name === name : cluster.server === server.replace(/\/+$/, ''),
  );
  if (!isKnown)
    throw invalid(
      application,
      `there are no clusters with this ${server === '' ? 'name' : 'server'}: ${server || name}`,
    );
  try {
    await session.applications.render(application);
  } catch (error) {
    const { code, message, kind } = toWindlassError(error);
    if (code === 'REPO_SERVER_MISSING')
      return terminal.note('The source was not checked: nothing is here that renders manifests.');
    if (kind === 'Unavailable' || kind === 'Cancelled') throw error;
    throw invalid(application, `Unable to generate manifests in ${spec.source?.path ?? ''}: ${message}`);
  }
}

function checkForm(application: Application): void {
  const { spec, metadata } = application;
  if (!metadata.name) throw invalid(application, 'metadata.name is required');
  const { server = '', name = '' } = spec.destination;
  if (server !== '' && name !== '')
    throw invalid(application, `application destination can't have both name and server defined: ${name} ${server}`);
  if (server === '' && name === '') throw invalid(application, 'Destination server missing from app spec');
  const sources = sourcesOf(application);
  if (sources.length === 0)
    throw invalid(application, 'spec.source.repoURL and either spec.source.path or spec.source.chart are required');
  for (const { repoURL, path, chart, ref, targetRevision } of sources) {
    const hasPlace = Boolean(path || chart || (spec.sources?.length && ref));
    if (!repoURL || !hasPlace)
      throw invalid(application, 'spec.source.repoURL and either spec.source.path or spec.source.chart are required');
    if (chart && !targetRevision)
      throw invalid(application, 'spec.source.targetRevision is required if the manifest source is a helm chart');
  }
}

async function checkProject(session: Session, application: Application): Promise<void> {
  const { project } = application.spec;
  try {
    await session.projects.get(project);
  } catch (error) {
    const isMissing = toWindlassError(error).kind === 'NotFound';
    throw isMissing ? invalid(application, `Application referencing project ${project} which does not exist`) : error;
  }
}

function invalid({ metadata }: Application, why: string): WindlassError {
  return new WindlassError({
    code: 'APPLICATION_INVALID',
    kind: 'InvalidInput',
    message: `application spec for ${metadata.name ?? ''} is invalid: InvalidSpecError: ${why}`,
    hint: 'Correct it, or add --validate=false to store it as it is.',
  });
}
