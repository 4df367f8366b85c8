import { defineCommand } from '../../program/command-definition.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { appNamespaceFlag, applicationArgument } from './flags.ts';

export const terminateOp = defineCommand({
  name: 'terminate-op',
  summary: 'Terminate running operation of an application',
  args: [applicationArgument],
  options: [appNamespaceFlag],
  examples: ['windlass app terminate-op my-app'],
  async run({ flags, args, terminal, session }) {
    const { applications, namespace } = await session();
    const ref = parseApplicationRef(args[0] as string, flags, namespace);
    await applications.terminate(ref);
    terminal.printLine(`Application '${ref.name}' operation terminating`);
  },
});
