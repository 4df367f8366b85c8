import { defineCommand } from '../../program/command-definition.ts';
import { renderObject } from '../../output/render-object.ts';
import { statusStyle } from '../../output/status-style.ts';
import { renderTable } from '../../output/table.ts';

const header = ['SERVER', 'NAME', 'VERSION', 'STATUS', 'MESSAGE', 'PROJECT'];

export const list = defineCommand({
  name: 'list',
  summary: 'List configured clusters',
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['wide', 'server', 'json', 'yaml'],
      default: 'wide',
    },
  ],
  examples: ['windlass cluster list', 'windlass cluster list -o server'],
  async run({ flags, terminal, program, session }) {
    const { clusters } = await session();
    const found = await clusters.list();
    const format = flags.text('output') ?? 'wide';
    if (format === 'server') return terminal.print(found.map(({ server }) => `${server}\n`).join(''));
    const states = await Promise.all(found.map((cluster) => clusters.test(cluster)));
    if (format !== 'wide') {
      return terminal.print(
        renderObject(
          found.map((cluster, index) => ({ ...cluster, connectionState: states[index] })),
          format,
        ),
      );
    }
    const style = statusStyle(terminal, program);
    const rows = found.map(({ server, name, project, namespaces }, index) => {
      const { status = '', message = '', version = '' } = states[index] ?? {};
      // A cluster of which only some namespaces are managed says how many, as Argo CD does.
      const place = namespaces.length === 0 ? server : `${server} (${namespaces.length} namespaces)`;
      return [place, name, version, style(status), message, project];
    });
    terminal.print(renderTable(header, rows));
  },
});
