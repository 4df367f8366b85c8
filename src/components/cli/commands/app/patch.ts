import { parseYamlDocuments } from '#libs/languages/yaml';
import { defineCommand } from '../../program/command-definition.ts';
import { usageError } from '../../program/usage-error.ts';
import { withoutNoise } from '../../output/print-application.ts';
import { renderObject } from '../../output/render-object.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { appNamespaceFlag, applicationArgument } from './flags.ts';

export const patch = defineCommand({
  name: 'patch',
  summary: 'Patch application',
  args: [applicationArgument],
  options: [
    { name: 'patch', type: 'string', summary: 'The patch, as JSON or YAML' },
    { name: 'type', type: 'string', summary: 'What kind of patch it is', choices: ['json', 'merge'], default: 'json' },
    appNamespaceFlag,
  ],
  examples: [
    `windlass app patch my-app --patch '[{"op": "replace", "path": "/spec/source/path", "value": "newpath"}]' --type json`,
    `windlass app patch my-app --patch '{"spec": {"source": {"targetRevision": "main"}}}' --type merge`,
  ],
  async run({ flags, args, terminal, session }) {
    const text = flags.text('patch');
    if (text === undefined) throw usageError('--patch is missing.', 'Give the patch with --patch.');
    const body = parseYamlDocuments(text, { file: '--patch' })[0]?.value;
    const type = flags.text('type') === 'merge' ? 'merge' : 'json';
    if (type === 'json' && !Array.isArray(body))
      throw usageError('--patch: a JSON patch is a list of operations.', 'Use --type merge for a merge patch.');
    const { applications, namespace } = await session();
    const ref = parseApplicationRef(args[0] as string, flags, namespace);
    await applications.get(ref);
    terminal.print(renderObject(withoutNoise(await applications.patch(ref, type, body)), 'yaml'));
  },
});
