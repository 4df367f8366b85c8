import { userInfo } from 'node:os';
import { toWindlassError } from '#base/errors';
import { defineCommand } from '../../program/command-definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { usageError } from '../../program/usage-error.ts';
import { buildSyncOperation } from '../../follow/build-operation.ts';
import { finishOperation } from '../../follow/finish-operation.ts';
import { isAutomated } from '../../output/sync-policy-text.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import type { ApplicationRef, Session } from '../../session/session.ts';
import { sourcesOf } from '../../session/sources-of.ts';
import { desiredQuery, revisionsByPosition } from './desired-query.ts';
import { printDifferences } from './diff.ts';
import { selectApplications } from './select-applications.ts';
import { syncFlags } from './sync-flags.ts';

export const sync = defineCommand({
  name: 'sync',
  summary: 'Sync an application to its target state',
  args: [{ name: 'APPNAME', variadic: true, complete: 'application' }],
  options: syncFlags,
  examples: [
    'windlass app sync my-app',
    'windlass app sync my-app --prune --timeout 120',
    'windlass app sync my-app --resource apps:Deployment:web',
    'windlass app sync my-app --dry-run',
    'windlass app sync my-app --local ./overlays/production --local-repo-root .',
    'windlass app sync -l team=payments --async',
  ],
  async run(invocation) {
    const session = await invocation.session();
    const refs = await chosen(invocation, session);
    let failure: unknown;
    for (const ref of refs) {
      try {
        await syncOne(invocation, session, ref);
      } catch (error) {
        // One application's failure keeps no other from being synced; the first is what the command ends with.
        if (refs.length > 1)
          invocation.terminal.note(`${ref.namespace}/${ref.name}: ${toWindlassError(error).message}`);
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure as Error;
  },
});

async function chosen(
  { flags, args }: Invocation,
  { applications, namespace }: Session,
): Promise<readonly ApplicationRef[]> {
  const isSelecting = flags.text('selector') !== undefined || flags.list('project').length > 0;
  if (isSelecting && args.length > 0)
    throw usageError('Names and a selection were given.', 'Give names, or -l and --project.');
  if (!isSelecting && args.length === 0) throw usageError('No application was named.', 'Give names, or -l for labels.');
  const refs = isSelecting
    ? await selectApplications(applications, flags)
    : args.map((name) => parseApplicationRef(name, flags, namespace));
  if (refs.length === 0)
    throw usageError('No application matches the selection.', 'See them with "windlass app list".');
  return refs;
}

async function syncOne(invocation: Invocation, session: Session, ref: ApplicationRef): Promise<void> {
  const { flags, terminal, cwd, program } = invocation;
  const { applications } = session;
  const application = await applications.get(ref);
  refuseForeignRevision(application, flags.text('revision'));
  if (flags.is('preview-changes')) {
    await printDifferences(invocation, await applications.compare(ref, desiredQuery(flags, application, cwd)));
    if (!(await mayGoOn(invocation))) return terminal.printLine(`Sync of '${ref.name}' was cancelled.`);
  }
  const local = flags.text('local');
  if (local !== undefined && isAutomated(application) && !flags.is('dry-run')) {
    throw usageError(
      'Local manifests cannot be synced while automated sync is on: Git would win at once.',
      'Turn it off with "windlass app set NAME --sync-policy none", or add --dry-run.',
    );
  }
  const manifests =
    local === undefined
      ? undefined
      : (await applications.manifests(ref, desiredQuery(flags, application, cwd))).map((object) =>
          JSON.stringify(object),
        );
  const operation = buildSyncOperation({
    application,
    flags,
    revisions: revisionsByPosition(flags, application),
    ...(manifests === undefined ? {} : { manifests }),
    username: localUser(),
  });
  await applications.operate(ref, operation);
  if (flags.is('async'))
    return program === 'argocd' ? undefined : terminal.printLine(`application '${ref.name}' sync started`);
  await finishOperation(invocation, session, {
    ref,
    timeoutMs: (flags.integer('timeout') ?? 0) * 1000,
    format: flags.text('output') ?? 'wide',
    isPruneAllowed: flags.is('prune') || flags.list('resource').length > 0,
    isDryRun: flags.is('dry-run'),
  });
}

/** With automated sync on, another revision would be undone at once (`compatibility.md` d.1). */
function refuseForeignRevision(application: Parameters<typeof isAutomated>[0], revision: string | undefined): void {
  if (revision === undefined || !isAutomated(application)) return;
  const [source] = sourcesOf(application);
  const target = source?.targetRevision ?? '';
  if (revision === target) return;
  throw usageError(
    `Cannot sync to ${revision}: auto-sync currently set to ${target || 'HEAD'}`,
    'Change the tracked revision with "windlass app set NAME --revision", or turn auto-sync off with --sync-policy none.',
  );
}

async function mayGoOn({ flags, terminal }: Invocation): Promise<boolean> {
  if (flags.is('assumeYes')) return true;
  if (!terminal.canAsk)
    throw usageError('Nobody is here to confirm the changes.', 'Add --assumeYes to sync without being asked.');
  return /^y(es)?$/i.test(await terminal.ask('Do you want to continue with the sync process? [y/n] '));
}

/** Who asked, for history. Core mode has no accounts: it is the user of this machine. */
export function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
