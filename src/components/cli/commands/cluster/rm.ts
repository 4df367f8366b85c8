import { defineCommand } from '../../program/command-definition.ts';
import { usageError } from '../../program/usage-error.ts';

export const rm = defineCommand({
  name: 'rm',
  summary: 'Remove cluster credentials',
  args: [{ name: 'SERVER/NAME', required: true, variadic: true, complete: 'cluster' }],
  options: [{ name: 'yes', short: 'y', type: 'boolean', summary: 'Do not ask' }],
  examples: ['windlass cluster rm https://10.0.0.1:6443', 'windlass cluster rm production -y'],
  async run({ args, flags, terminal, session }) {
    const { clusters } = await session();
    for (const name of args) {
      if (!flags.is('yes')) {
        if (!terminal.canAsk)
          throw usageError('Nobody is here to confirm the removal.', 'Add --yes to remove without being asked.');
        const answer = await terminal.ask(
          `Are you sure you want to remove '${name}'? Applications on it are not looked after any more. [y/n] `,
        );
        if (!/^y(es)?$/i.test(answer)) {
          terminal.printLine(`The command to remove '${name}' was cancelled.`);
          continue;
        }
      }
      await clusters.remove(name);
      terminal.printLine(`Cluster '${name}' removed`);
    }
  },
});
