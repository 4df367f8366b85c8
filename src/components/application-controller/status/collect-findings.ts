import type { ApplicationSession } from '../application-session.ts';
import { formatGroupKind } from '#libs/kube';
import type { Finding } from './conditions.ts';
import { findUnsupported } from './find-unsupported.ts';

/** Everything that is to be said about an application's last look. `nowMs` decides whether a failure is still forgiven. */
export function collectFindings(session: ApplicationSession, nowMs: number): readonly Finding[] {
  const { record, application, rules, project } = session;
  const findings: Finding[] = [...findUnsupported(application), ...(record.targets?.findings ?? [])];
  if (record.failure !== undefined && !isForgiven(session, nowMs)) findings.push(record.failure.finding);
  for (const problem of rules.problems) findings.push({ type: 'UnsupportedWarning', message: problem });
  if (project.spec.orphanedResources !== undefined) {
    findings.push({
      type: 'UnsupportedWarning',
      message: 'Not implemented and without effect: orphanedResources of the project.',
    });
  }
  findings.push(...unreadable(session), ...shared(session), ...record.findings);
  return findings;
}

/** A repository that does not answer for a moment leaves what was known of it in place. */
export function isForgiven({ record, settings }: ApplicationSession, nowMs: number): boolean {
  const { failure, rendered } = record;
  if (failure === undefined) return true;
  return failure.isTransient && rendered !== undefined && nowMs - failure.sinceMs < settings.repositoryGraceMs;
}

function unreadable({ cluster, record }: ApplicationSession): readonly Finding[] {
  const messages = new Set<string>();
  for (const { gvk, key } of record.targets?.byId.values() ?? []) {
    const problem = cluster.problemOf(gvk) ?? cluster.outOfScope(gvk, key);
    if (problem !== undefined) messages.add(`Failed to load live state: ${formatGroupKind(gvk)}: ${problem}`);
  }
  return [...messages].map((message) => ({ type: 'ComparisonError', message }));
}

function shared({ record, application }: ApplicationSession): readonly Finding[] {
  const own = `${application.metadata.namespace}/${application.metadata.name}`;
  return [...record.verdicts.values()].flatMap(({ key, otherOwner }) =>
    otherOwner === undefined
      ? []
      : [
          {
            type: 'SharedResourceWarning' as const,
            message: `${key.kind}/${key.name} is part of applications ${own} and ${otherOwner}`,
          },
        ],
  );
}
