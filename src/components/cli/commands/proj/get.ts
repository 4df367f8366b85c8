import { defineCommand } from '../../program/command-definition.ts';
import { renderProject } from '../../output/project-text.ts';
import { renderObject } from '../../output/render-object.ts';

export const get = defineCommand({
  name: 'get',
  summary: 'Get project details',
  args: [{ name: 'PROJECT', required: true, complete: 'project' }],
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['wide', 'json', 'yaml'],
      default: 'wide',
    },
  ],
  examples: ['windlass proj get default', 'windlass proj get team-a -o yaml'],
  async run({ args, flags, terminal, session }) {
    const name = args[0] as string;
    const { projects, repositories, clusters } = await session();
    const project = await projects.get(name);
    const format = flags.text('output') ?? 'wide';
    if (format !== 'wide') {
      const { managedFields: _managed, ...metadata } = project.metadata;
      return terminal.print(renderObject({ ...project, metadata }, format));
    }
    const [allRepositories, allClusters] = await Promise.all([repositories.list(), clusters.list()]);
    const scoped = {
      repositories: allRepositories.filter((one) => one.project === name).map(({ url }) => url),
      clusters: allClusters.filter((one) => one.project === name).map(({ server }) => server),
    };
    terminal.print(renderProject(project, scoped));
  },
});
