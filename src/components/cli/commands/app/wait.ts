import { defineCommand } from '../../program/command-definition.ts';
import type { Flags } from '../../program/flags.ts';
import type { Invocation } from '../../program/invocation.ts';
import { usageError } from '../../program/usage-error.ts';
import { followApplication } from '../../follow/follow-application.ts';
import { isSelected, parseResourceSelector } from '../../follow/resource-selector.ts';
import { findUnmet } from '../../follow/wait-goal.ts';
import type { WaitGoal } from '../../follow/wait-goal.ts';
import { printApplication } from '../../output/print-application.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import type { ApplicationRef, Session } from '../../session/session.ts';
import { appNamespaceFlag, outputFlag, timeoutFlag } from './flags.ts';
import { selectApplications } from './select-applications.ts';
import { untilGone } from './until-gone.ts';

export const wait = defineCommand({
  name: 'wait',
  summary: 'Wait for an application to reach a synced and healthy state',
  args: [{ name: 'APPNAME', variadic: true, complete: 'application' }],
  options: [
    { name: 'selector', short: 'l', type: 'string', summary: 'All applications with these labels' },
    { name: 'sync', type: 'boolean', summary: 'Wait until it is Synced' },
    { name: 'health', type: 'boolean', summary: 'Wait until it is Healthy' },
    { name: 'operation', type: 'boolean', summary: 'Wait until no operation runs' },
    { name: 'suspended', type: 'boolean', summary: 'Wait until it is Suspended' },
    { name: 'degraded', type: 'boolean', summary: 'Wait until it is Degraded' },
    { name: 'hydrated', type: 'boolean', summary: 'Wait until it is hydrated' },
    { name: 'delete', type: 'boolean', summary: 'Wait until it is gone' },
    { name: 'resource', type: 'strings', summary: 'Only these resources: [!]GROUP:KIND:[NAMESPACE/]NAME' },
    timeoutFlag,
    outputFlag,
    appNamespaceFlag,
  ],
  examples: [
    'windlass app wait my-app',
    'windlass app wait my-app --health --timeout 60',
    'windlass app wait my-app --resource apps:Deployment:web --health',
    'windlass app wait -l team=payments --sync',
  ],
  async run(invocation) {
    const { flags, args } = invocation;
    const session = await invocation.session();
    const { applications, namespace } = session;
    const refs = flags.text('selector')
      ? await selectApplications(applications, flags)
      : args.map((name) => parseApplicationRef(name, flags, namespace));
    if (refs.length === 0) throw usageError('No application was named.', 'Give names, or -l for labels.');
    for (const ref of refs) await waitOne(invocation, session, ref);
  },
});

async function waitOne(invocation: Invocation, session: Session, ref: ApplicationRef): Promise<void> {
  const { flags, terminal } = invocation;
  const { applications } = session;
  const timeoutMs = (flags.integer('timeout') ?? 0) * 1000;
  if (flags.is('delete')) {
    await untilGone(invocation, applications, { ref, timeoutMs });
    terminal.printLine(`application '${ref.name}' deleted`);
    return;
  }
  await applications.get(ref);
  const goal = goalOf(flags);
  const format = flags.text('output') ?? 'wide';
  const application = await followApplication(invocation, applications, {
    ref,
    timeoutMs,
    findUnmet: (seen) => findUnmet(seen, goal),
    isWanted: (row) => isSelected(row, goal.resources),
    // As recorded: a wait that is met at once prints no progress.
    isQuiet: format === 'json' || format === 'yaml' || findUnmet(await applications.get(ref), goal) === undefined,
  });
  await printApplication(invocation, session, application, { format, showOperation: true });
}

/** Without any of the flags: synced, healthy, and no operation (`compatibility.md` m). */
function goalOf(flags: Flags): WaitGoal {
  const names = ['sync', 'health', 'operation', 'suspended', 'degraded', 'hydrated'];
  const isDefault = !names.some((name) => flags.is(name));
  return {
    isSynced: isDefault || flags.is('sync'),
    isHealthy: isDefault || flags.is('health'),
    isOperationDone: isDefault || flags.is('operation'),
    isSuspended: flags.is('suspended'),
    isDegraded: flags.is('degraded'),
    isHydrated: flags.is('hydrated'),
    resources: flags.list('resource').map(parseResourceSelector),
  };
}
