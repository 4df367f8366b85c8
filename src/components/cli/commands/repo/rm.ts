import { defineCommand } from '../../program/command-definition.ts';

export const rm = defineCommand({
  name: 'rm',
  summary: 'Remove configured repositories',
  args: [{ name: 'REPO', required: true, variadic: true, complete: 'repository' }],
  options: [{ name: 'project', type: 'string', summary: "The repository is this project's", complete: 'project' }],
  examples: ['windlass repo rm https://git.example.com/team/config.git'],
  async run({ args, flags, terminal, session }) {
    const { repositories } = await session();
    for (const url of args) {
      await repositories.remove(url, flags.text('project'));
      terminal.printLine(`Repository '${url}' removed`);
    }
  },
});
