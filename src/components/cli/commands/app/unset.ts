import type { ApplicationSource } from '#core/api';
import { defineCommand } from '../../program/command-definition.ts';
import { usageError } from '../../program/usage-error.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import { unsetSource, unsetFlags } from '../../spec/unset-source.ts';
import { appNamespaceFlag, applicationArgument } from './flags.ts';
import { sourceIndexOf } from './source-index.ts';

export const unset = defineCommand({
  name: 'unset',
  summary: 'Unset application parameters',
  args: [applicationArgument],
  options: [
    ...unsetFlags,
    {
      name: 'source-position',
      type: 'integer',
      summary: 'Which source the flags are about, counting from 1',
      default: '-1',
    },
    { name: 'source-name', type: 'string', summary: 'Which source the flags are about, by name' },
    appNamespaceFlag,
  ],
  examples: [
    'windlass app unset my-app -p image.tag',
    'windlass app unset my-app --kustomize-image web --nameprefix',
    'windlass app unset my-app --values values-production.yaml',
  ],
  async run({ flags, args, session }) {
    const { applications, namespace } = await session();
    const ref = parseApplicationRef(args[0] as string, flags, namespace);
    if (!unsetFlags.some(({ name }) => flags.isSet(name)))
      throw usageError('Nothing was named that is to go.', 'See the flags with --help.');
    const application = await applications.get(ref);
    const index = sourceIndexOf(flags, application);
    const sources = application.spec.sources ?? [];
    if (sources.length > 0 && index === undefined)
      throw usageError(
        'The application has several sources.',
        'Say which one with --source-position, counting from 1.',
      );
    const change = (source: ApplicationSource) => unsetSource(source, flags);
    await applications.update(ref, (current) => ({
      ...current,
      spec: {
        ...current.spec,
        ...(sources.length === 0
          ? current.spec.source && { source: change(current.spec.source) }
          : { sources: (current.spec.sources ?? []).map((source, at) => (at === index ? change(source) : source)) }),
      },
    }));
  },
});
