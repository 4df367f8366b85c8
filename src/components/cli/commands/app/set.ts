import { defineCommand } from '../../program/command-definition.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { applySpecFlags, specFlags } from '../../spec/apply-spec-flags.ts';
import { appNamespaceFlag, applicationArgument } from './flags.ts';
import { sourceIndexOf } from './source-index.ts';
import { validateApplication } from './validate-application.ts';

export const set = defineCommand({
  name: 'set',
  summary: 'Set application parameters',
  args: [applicationArgument],
  options: [
    ...specFlags,
    {
      name: 'source-position',
      type: 'integer',
      summary: 'Which source the flags are about, counting from 1',
      default: '-1',
    },
    appNamespaceFlag,
  ],
  examples: [
    'windlass app set my-app -p image.tag=v1.0.1',
    'windlass app set my-app --kustomize-image web=registry.example.com/web:2.2',
    'windlass app set my-app --revision release-2 --sync-policy automated --self-heal',
    'windlass app set my-app --sync-option CreateNamespace=true --sync-option "!Replace=true"',
    'windlass app set my-app --source-position 2 --revision 1.4.0',
  ],
  async run(invocation) {
    const { flags, args, cwd } = invocation;
    const session = await invocation.session();
    const ref = parseApplicationRef(args[0] as string, flags, session.namespace);
    const application = await session.applications.get(ref);
    const sourceIndex = sourceIndexOf(flags, application);
    const change = (current: typeof application) => ({
      ...current,
      spec: applySpecFlags(current.spec, flags, { cwd, sourceIndex }),
    });
    if (flags.is('validate')) await validateApplication(invocation, session, change(application));
    await session.applications.update(ref, change);
  },
});
