import { WindlassError } from '#base/errors';
import { annotations, formatHold } from '#core/api';
import type { Application, Operation, RevisionHistory } from '#core/api';
import { defineCommand } from '../../program/command-definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { finishOperation } from '../../follow/finish-operation.ts';
import { shortRevision } from '../../output/application-summary.ts';
import { isAutomated } from '../../output/sync-policy-text.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { appNamespaceFlag, applicationArgument, outputFlag, timeoutFlag } from './flags.ts';
import { localUser } from './sync.ts';

export const rollback = defineCommand({
  name: 'rollback',
  summary:
    'Rollback application to a previous deployed version by History ID, omitted will Rollback to the previous version',
  description:
    'Applies the manifests of an earlier deployment again, by history id or Git SHA; without one, of the deployment before. ' +
    'As "windlass", with automated sync on, the revision that is left is held back until Git moves past it; as "argocd" it is refused.',
  args: [applicationArgument, { name: 'ID' }],
  options: [
    { name: 'prune', type: 'boolean', summary: 'Delete what the earlier deployment did not hold' },
    { name: 'reason', type: 'string', summary: 'Why, for the history and for whoever sees the hold' },
    timeoutFlag,
    outputFlag,
    appNamespaceFlag,
  ],
  examples: [
    'windlass app rollback my-app',
    'windlass app rollback my-app 3',
    'windlass app rollback my-app 9f2c1ab --reason "image cannot be pulled"',
  ],
  async run(invocation) {
    const { flags, args, program, terminal } = invocation;
    const session = await invocation.session();
    const ref = parseApplicationRef(args[0] as string, flags, session.namespace);
    const application = await session.applications.get(ref);
    const target = chooseDeployment(application, args[1]);
    const isHeld = isAutomated(application);
    if (isHeld && program === 'argocd') throw refusedByAutomation(ref.name);
    const operation = buildRollback(application, target, { isPruning: flags.is('prune'), username: localUser() });
    const hold = isHeld ? { [annotations.hold]: holdText(invocation, application, target) } : {};
    await session.applications.operate(ref, operation, hold);
    if (isHeld) {
      terminal.note(`Automated sync stays on and leaves ${revisionText(application)} alone until Git moves past it.`);
    }
    await finishOperation(invocation, session, {
      ref,
      timeoutMs: (flags.integer('timeout') ?? 0) * 1000,
      format: flags.text('output') ?? 'wide',
      // What the later revision added stays, unless --prune asks for its deletion; that is no failure.
      isPruneAllowed: true,
      isDryRun: false,
      isQualifiedUrl: true,
    });
  },
});

/** By history id, by (part of) a Git SHA, or the one before the last. Throws HISTORY_NOT_FOUND. */
export function chooseDeployment({ metadata, status }: Application, wanted: string | undefined): RevisionHistory {
  const history = status?.history ?? [];
  const chosen =
    wanted === undefined
      ? history.at(-2)
      : (history.findLast(({ id }) => String(id) === wanted) ??
        history.findLast((entry) => hasRevision(entry, wanted)));
  if (chosen !== undefined) return chosen;
  const known = history.map(({ id }) => id).join(', ');
  throw new WindlassError({
    code: 'HISTORY_NOT_FOUND',
    kind: 'NotFound',
    message:
      wanted === undefined
        ? `Application '${metadata.name ?? ''}' should have at least two successful deployments`
        : `Application '${metadata.name ?? ''}' does not have deployment id '${wanted}' in history`,
    hint:
      known === ''
        ? 'Nothing was deployed yet.'
        : `Known ids: ${known}. See "windlass app history ${metadata.name ?? ''}".`,
  });
}

const shortestSha = 4;

function hasRevision({ revision = '', revisions = [] }: RevisionHistory, wanted: string): boolean {
  return (
    wanted.length >= shortestSha &&
    [revision, ...revisions].some((one) => one.toLowerCase().startsWith(wanted.toLowerCase()))
  );
}

/** Names the deployment, so that the controller can take its stored manifests instead of rendering. */
const rollbackInfo = 'windlass.dev/rollback';

export interface RollbackOptions {
  readonly isPruning: boolean;
  readonly username: string;
}

/** The operation that applies a deployment again (`compatibility.md` a.8). Pure. */
export function buildRollback(
  application: Application,
  target: RevisionHistory,
  { isPruning, username }: RollbackOptions,
): Operation {
  const { syncOptions } = application.spec.syncPolicy ?? {};
  const { id, revision, revisions, source, sources } = target;
  return {
    sync: {
      ...(revision ? { revision } : {}),
      ...(revisions?.length ? { revisions } : {}),
      ...(source ? { source } : {}),
      ...(sources?.length ? { sources } : {}),
      ...(isPruning ? { prune: true } : {}),
      ...(syncOptions?.length ? { syncOptions } : {}),
      syncStrategy: { apply: {} },
    },
    initiatedBy: { username },
    info: [{ name: rollbackInfo, value: String(id) }],
  };
}

function holdText({ clock, flags }: Invocation, application: Application, target: RevisionHistory): string {
  return formatHold({
    by: localUser(),
    at: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    reason: flags.text('reason') ?? `rolled back to deployment ${target.id}`,
    skipRevisions: currentRevisions(application),
    historyId: target.id,
  });
}

function currentRevisions({ status }: Application): readonly string[] {
  // Git's newest where it was compared, else what was deployed last.
  for (const { revision, revisions = [] } of [status?.sync ?? {}, status?.history?.at(-1) ?? {}]) {
    if (revisions.length > 0) return revisions;
    if (revision) return [revision];
  }
  return [];
}

function revisionText(application: Application): string {
  const revisions = currentRevisions(application).map(shortRevision);
  return revisions.length === 0 ? 'the current revision' : revisions.join(', ');
}

function refusedByAutomation(name: string): WindlassError {
  return new WindlassError({
    code: 'ROLLBACK_AUTOMATED',
    kind: 'FailedPrecondition',
    message: 'rollback cannot be initiated when auto-sync is enabled',
    hint: `"windlass app rollback ${name}" rolls back and holds the bad revision; or turn auto-sync off with "argocd app set ${name} --sync-policy none".`,
  });
}
