import { defineCommand } from '../../program/command-definition.ts';
import { printApplication } from '../../output/print-application.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { appNamespaceFlag, applicationArgument, outputFlag, timeoutFlag } from './flags.ts';

const refreshTimeoutMs = 60_000;

export const get = defineCommand({
  name: 'get',
  summary: 'Get application details',
  args: [applicationArgument],
  options: [
    outputFlag,
    { name: 'refresh', type: 'boolean', summary: 'Compare anew before showing' },
    { name: 'hard-refresh', type: 'boolean', summary: 'Render and compare anew before showing' },
    { name: 'show-operation', type: 'boolean', summary: 'Show the last operation' },
    { name: 'show-params', type: 'boolean', summary: 'Show parameters and overrides' },
    {
      name: 'source-position',
      type: 'integer',
      summary: 'Which source --show-params is about, counting from 1',
      default: '-1',
    },
    { name: 'source-name', type: 'string', summary: 'Which source --show-params is about, by name' },
    timeoutFlag,
    appNamespaceFlag,
  ],
  examples: [
    'windlass app get my-app',
    'windlass app get my-app --refresh -o json',
    'windlass app get my-app -o tree=detailed',
    'windlass app get my-app --show-operation',
  ],
  async run(invocation) {
    const { flags, args } = invocation;
    const session = await invocation.session();
    const { applications, namespace } = session;
    const ref = parseApplicationRef(args[0] as string, flags, namespace);
    const timeoutMs = (flags.integer('timeout') || 0) * 1000 || refreshTimeoutMs;
    const kind = flags.is('hard-refresh') ? 'hard' : flags.is('refresh') ? 'normal' : undefined;
    const application =
      kind === undefined ? await applications.get(ref) : await applications.refresh(ref, kind, timeoutMs);
    await printApplication(invocation, session, application, {
      format: flags.text('output') ?? 'wide',
      showOperation: flags.is('show-operation'),
      showParameters: flags.is('show-params'),
    });
  },
});
