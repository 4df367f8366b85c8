import { defineCommand } from '../../program/command-definition.ts';
import { renderObject } from '../../output/render-object.ts';
import { statusStyle } from '../../output/status-style.ts';
import { renderTable } from '../../output/table.ts';

const header = ['TYPE', 'NAME', 'REPO', 'INSECURE', 'OCI', 'LFS', 'CREDS', 'STATUS', 'MESSAGE', 'PROJECT'];

export const list = defineCommand({
  name: 'list',
  summary: 'List configured repositories',
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['wide', 'url', 'json', 'yaml'],
      default: 'wide',
    },
    {
      name: 'refresh',
      type: 'string',
      summary: 'Accepted: the connection is always tried anew',
      choices: ['', 'hard'],
    },
  ],
  examples: ['windlass repo list', 'windlass repo list -o url'],
  async run({ flags, terminal, program, session }) {
    const { repositories } = await session();
    const found = await repositories.list();
    const format = flags.text('output') ?? 'wide';
    if (format === 'url') return terminal.print(found.map(({ url }) => `${url}\n`).join(''));
    const states = await Promise.all(found.map((repository) => repositories.test(repository)));
    if (format !== 'wide') {
      return terminal.print(
        renderObject(
          found.map((repository, index) => ({ ...repository, connectionState: states[index] })),
          format,
        ),
      );
    }
    const style = statusStyle(terminal, program);
    const rows = found.map((repository, index) => {
      const { status = '', message = '' } = states[index] ?? {};
      const credentials = repository.hasCredentials ? 'true' : repository.inheritsCredentials ? 'inherited' : 'false';
      return [
        repository.type,
        repository.name,
        repository.url,
        String(repository.isInsecure),
        String(repository.isOci),
        String(repository.hasLfs),
        credentials,
        style(status),
        message,
        repository.project,
      ];
    });
    terminal.print(renderTable(header, rows));
  },
});
