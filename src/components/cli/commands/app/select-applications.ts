import type { Flags } from '../../program/flags.ts';
import type { ApplicationOperations, ApplicationRef } from '../../session/session.ts';

/** The applications that `--selector` and `--project` mean, where the command has these flags. */
export async function selectApplications(
  applications: ApplicationOperations,
  flags: Flags,
): Promise<readonly ApplicationRef[]> {
  const found = await applications.list({ namespace: flags.text('app-namespace'), selector: flags.text('selector') });
  const projects = flags.has('project') ? flags.list('project') : [];
  return found
    .filter(({ spec }) => projects.length === 0 || projects.includes(spec.project || 'default'))
    .map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name ?? '' }));
}
