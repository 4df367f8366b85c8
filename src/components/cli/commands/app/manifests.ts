import { defineCommand } from '../../program/command-definition.ts';
import { renderObject } from '../../output/render-object.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { desiredQuery } from './desired-query.ts';
import { appNamespaceFlag, applicationArgument, revisionFlags } from './flags.ts';

export const manifests = defineCommand({
  name: 'manifests',
  summary: 'Print manifests of an application',
  args: [applicationArgument],
  options: [
    { name: 'source', type: 'string', summary: 'Where from', choices: ['git', 'live'], default: 'git' },
    ...revisionFlags,
    { name: 'local', type: 'string', summary: 'Render this directory instead', complete: 'directory' },
    {
      name: 'local-repo-root',
      type: 'string',
      summary: 'Root of the tree that --local lies in',
      default: '.',
      complete: 'directory',
    },
    appNamespaceFlag,
  ],
  examples: [
    'windlass app manifests my-app',
    'windlass app manifests my-app --revision 0.0.1',
    'windlass app manifests my-app --source live',
    'windlass app manifests my-app --local ./overlays/production --local-repo-root .',
  ],
  async run({ flags, args, terminal, cwd, session }) {
    const { applications, namespace } = await session();
    const ref = parseApplicationRef(args[0] as string, flags, namespace);
    const application = await applications.get(ref);
    const objects =
      flags.text('source') === 'live' && flags.text('local') === undefined
        ? await applications.liveObjects(application)
        : await applications.manifests(ref, desiredQuery(flags, application, cwd));
    terminal.print(objects.map((object) => `---\n${renderObject(object, 'yaml')}\n`).join(''));
  },
});
