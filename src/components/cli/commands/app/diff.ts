import { formatGroupKind } from '#libs/kube';
import { defineCommand } from '../../program/command-definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { renderObjectDiff } from '../../output/object-diff.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import type { ResourceComparison } from '../../session/session.ts';
import { desiredQuery } from './desired-query.ts';
import { appNamespaceFlag, applicationArgument, revisionFlags } from './flags.ts';

const refreshTimeoutMs = 60_000;

export const diff = defineCommand({
  name: 'diff',
  summary: 'Perform a diff against the target and live state',
  description:
    'Compares what Git says with what the cluster holds. Exit code 0: no difference; 1 (--diff-exit-code): differences; ' +
    '20: it could not be told. KUBECTL_EXTERNAL_DIFF names another diff program.',
  args: [applicationArgument],
  options: [
    { name: 'refresh', type: 'boolean', summary: 'Compare anew before' },
    { name: 'hard-refresh', type: 'boolean', summary: 'Render and compare anew before' },
    {
      name: 'exit-code',
      type: 'boolean',
      summary: 'Exit with --diff-exit-code when there are differences',
      default: 'true',
    },
    { name: 'diff-exit-code', type: 'integer', summary: 'Exit code for differences', default: '1' },
    { name: 'local', type: 'string', summary: 'Compare with this directory instead of Git', complete: 'directory' },
    {
      name: 'local-repo-root',
      type: 'string',
      summary: 'Root of the tree that --local lies in (default: its Git work tree)',
      default: '/',
      complete: 'directory',
    },
    {
      name: 'local-include',
      type: 'strings',
      summary: 'Accepted; all files of the local tree are there to be rendered',
    },
    ...revisionFlags,
    {
      name: 'server-side-generate',
      type: 'boolean',
      summary: 'Accepted: local files are always rendered by the renderer of the product',
    },
    {
      name: 'server-side-diff',
      type: 'boolean',
      summary: 'Accepted: the comparison always predicts server-side apply',
    },
    { name: 'server-side-diff-concurrency', type: 'integer', summary: "Accepted for Argo CD's sake", default: '-1' },
    { name: 'server-side-diff-max-batch-kb', type: 'integer', summary: "Accepted for Argo CD's sake", default: '250' },
    {
      name: 'ignore-normalizer-jq-execution-timeout',
      type: 'duration',
      summary: "Accepted for Argo CD's sake",
      default: '1s',
    },
    appNamespaceFlag,
  ],
  examples: [
    'windlass app diff my-app',
    'windlass app diff my-app --revision feature-x',
    'windlass app diff my-app --local ./overlays/production',
    'windlass app diff my-app --exit-code=false',
  ],
  async run(invocation) {
    const { flags, args, cwd, session } = invocation;
    const { applications, namespace } = await session();
    const ref = parseApplicationRef(args[0] as string, flags, namespace);
    if (flags.is('hard-refresh')) await applications.refresh(ref, 'hard', refreshTimeoutMs);
    else if (flags.is('refresh')) await applications.refresh(ref, 'normal', refreshTimeoutMs);
    const application = await applications.get(ref);
    const compared = await applications.compare(ref, desiredQuery(flags, application, cwd));
    const different = await printDifferences(invocation, compared);
    return different > 0 && flags.is('exit-code') ? (flags.integer('diff-exit-code') ?? 1) : 0;
  },
});

/** Prints what is not in sync; answers how many resources that are. */
export async function printDifferences(
  invocation: Invocation,
  compared: readonly ResourceComparison[],
): Promise<number> {
  const different = compared.filter(
    ({ comparison }) => comparison.state !== undefined && comparison.state !== 'Synced',
  );
  for (const resource of different) await printDifference(invocation, resource);
  return different.length;
}

async function printDifference(invocation: Invocation, resource: ResourceComparison): Promise<void> {
  const { terminal, program } = invocation;
  const { key, comparison } = resource;
  terminal.print(`\n===== ${key.group}/${key.kind} ${key.namespace}/${key.name} ======\n`);
  const text = await renderObjectDiff(invocation, resource);
  terminal.print(text);
  // An empty diff always carries the reason; beside a diff it tells who changed what.
  if (program === 'windlass' || text === '')
    terminal.note(`${formatGroupKind(key)} ${key.name}: ${comparison.verdict.sentence}`);
}
