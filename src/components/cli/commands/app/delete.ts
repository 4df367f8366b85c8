import { defineCommand } from '../../program/command-definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { usageError } from '../../program/usage-error.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import type { ApplicationRef } from '../../session/session.ts';
import { appNamespaceFlag } from './flags.ts';
import { selectApplications } from './select-applications.ts';
import { untilGone } from './until-gone.ts';

export const deleteApplication = defineCommand({
  name: 'delete',
  summary: 'Delete an application',
  args: [{ name: 'APPNAME', variadic: true, complete: 'application' }],
  options: [
    { name: 'cascade', type: 'boolean', summary: 'Delete the resources of the application too', default: 'true' },
    {
      name: 'propagation-policy',
      short: 'p',
      type: 'string',
      summary: 'How the resources are deleted',
      choices: ['foreground', 'background'],
      default: 'foreground',
    },
    { name: 'yes', short: 'y', type: 'boolean', summary: 'Do not ask' },
    { name: 'selector', short: 'l', type: 'string', summary: 'All applications with these labels' },
    { name: 'wait', type: 'boolean', summary: 'Wait until the application is gone' },
    appNamespaceFlag,
  ],
  examples: [
    'windlass app delete my-app',
    'windlass app delete my-app --cascade=false -y',
    'windlass app delete -l team=payments --wait -y',
  ],
  async run(invocation) {
    const { flags, args, terminal } = invocation;
    const { applications, namespace } = await invocation.session();
    const propagationPolicy = flags.text('propagation-policy') === 'background' ? 'background' : 'foreground';
    const refs = flags.text('selector')
      ? await selectApplications(applications, flags)
      : args.map((name) => parseApplicationRef(name, flags, namespace));
    if (refs.length === 0) throw usageError('No application was named.', 'Give names, or -l for labels.');
    for (const ref of refs) {
      const application = await applications.get(ref);
      if (!(await isConfirmed(invocation, ref))) {
        terminal.printLine(`The command to delete '${ref.name}' was cancelled.`);
        continue;
      }
      await applications.delete(ref, { cascade: flags.is('cascade'), propagationPolicy });
      if (flags.is('wait'))
        await untilGone(invocation, applications, { ref, uid: application.metadata.uid, timeoutMs: 0 });
      terminal.printLine(`application '${ref.name}' deleted`);
    }
  },
});

async function isConfirmed({ flags, terminal }: Invocation, { name }: ApplicationRef): Promise<boolean> {
  if (flags.is('yes')) return true;
  if (!terminal.canAsk)
    throw usageError('Nobody is here to confirm the deletion.', 'Add --yes to delete without being asked.');
  const what = flags.is('cascade') ? 'and all its resources' : '(its resources stay)';
  const answer = await terminal.ask(`Are you sure you want to delete '${name}' ${what}? [y/n] `);
  return /^y(es)?$/i.test(answer);
}
