import { defineCommand } from '../../program/command-definition.ts';
import { renderResourceTree } from '../../output/resource-tree-text.ts';
import { statusStyle } from '../../output/status-style.ts';
import { renderTable } from '../../output/table.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { resourceKeyOf } from '#libs/kube';
import { appNamespaceFlag, applicationArgument } from './flags.ts';

const header = ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'ORPHANED'];

export const resources = defineCommand({
  name: 'resources',
  summary: 'List resources of application',
  args: [applicationArgument],
  options: [
    {
      name: 'orphaned',
      type: 'boolean',
      summary: 'List only what lies in the namespace and belongs to no application',
    },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Show a tree',
      choices: ['', 'wide', 'tree', 'tree=detailed'],
    },
    { name: 'project', type: 'string', summary: 'The application must be of this project', complete: 'project' },
    appNamespaceFlag,
  ],
  examples: [
    'windlass app resources my-app',
    'windlass app resources my-app --output tree',
    'windlass app resources my-app --orphaned',
  ],
  async run({ flags, args, terminal, program, clock, session }) {
    const { applications, namespace } = await session();
    const application = await applications.get(parseApplicationRef(args[0] as string, flags, namespace));
    const format = flags.text('output') ?? '';
    if (format.startsWith('tree')) {
      const options = {
        isDetailed: format === 'tree=detailed',
        nowMs: clock.now(),
        style: statusStyle(terminal, program),
      };
      terminal.print(renderResourceTree(application, await applications.resourceTree(application), options));
      return;
    }
    const keys = flags.is('orphaned')
      ? (await applications.orphans(application)).map(resourceKeyOf)
      : (await applications.liveObjects(application)).map(resourceKeyOf);
    const orphaned = flags.is('orphaned') ? 'Yes' : 'No';
    terminal.print(
      renderTable(
        header,
        keys.map((key) => [key.group, key.kind, key.namespace, key.name, orphaned]),
      ),
    );
  },
});
