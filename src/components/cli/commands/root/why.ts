import { toWindlassError } from '#base/errors';
import type { Application } from '#core/api';
import { defineCommand } from '../../program/command-definition.ts';
import { explainApplication } from '../../explain/explain-application.ts';
import type { ApplicationFacts, Cause, Explanation } from '../../explain/explanation.ts';
import { humanAge } from '../../output/human-age.ts';
import { renderObject } from '../../output/render-object.ts';
import type { Terminal } from '../../program/terminal.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import type { ApplicationRef, Session } from '../../session/session.ts';
import { appNamespaceFlag, applicationArgument } from '../app/flags.ts';

export const why = defineCommand({
  name: 'why',
  summary: 'Explain why an application is out of sync, unhealthy or stuck',
  description:
    'Tells the causes, roots first: what does not render, which fields differ and who set them, what is unhealthy and through which ' +
    'owners, what the last sync stumbled on, and what to do. Exit code 0: nothing is wrong; 1: something is.',
  isNative: true,
  args: [applicationArgument],
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Output format',
      choices: ['text', 'json', 'yaml'],
      default: 'text',
    },
    appNamespaceFlag,
  ],
  examples: ['windlass why my-app', 'windlass why my-app -o json'],
  async run({ args, flags, terminal, clock, session }) {
    const opened = await session();
    const ref = parseApplicationRef(args[0] as string, flags, opened.namespace);
    const application = await opened.applications.get(ref);
    const explanation = explainApplication(application, await gatherFacts(opened, ref, application, clock.now()));
    const format = flags.text('output') ?? 'text';
    if (format === 'text') printExplanation(terminal, explanation, clock.now());
    else
      terminal.print(
        renderObject({ apiVersion: 'cli.windlass.dev/v1', kind: 'WhyReport', subject: ref, ...explanation }, format),
      );
    return explanation.isFine ? 0 : 1;
  },
});

/** What can be found out; the rest is named, not left out in silence. */
async function gatherFacts(
  session: Session,
  ref: ApplicationRef,
  application: Application,
  nowMs: number,
): Promise<ApplicationFacts> {
  const partial: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const { kind, message } = toWindlassError(error);
      if (kind === 'Cancelled') throw error;
      partial.push(`${what}: ${message}`);
      return undefined;
    }
  };
  const isSynced = application.status?.sync?.status === 'Synced';
  const [comparisons, tree] = await Promise.all([
    isSynced
      ? Promise.resolve(undefined)
      : attempt('Fields that differ are not known', () => session.applications.compare(ref, {})),
    attempt('Live objects are not known', () => session.applications.resourceTree(application)),
  ]);
  return { comparisons, tree, partial, nowMs };
}

function printExplanation(terminal: Terminal, { isFine, headline, causes, partial }: Explanation, nowMs: number): void {
  const mark = isFine ? terminal.style('green', '✔') : terminal.style('red', '✖');
  terminal.printLine(`${mark} ${terminal.style('bold', headline)}`);
  for (const cause of causes) printCause(terminal, cause, nowMs);
  for (const line of partial) terminal.printLine(`  unknown  ${line}`);
}

function printCause(terminal: Terminal, { rule, text, since, chain, evidence, next }: Cause, nowMs: number): void {
  terminal.printLine(
    `  because  ${text.trim().replaceAll('\n', '\n           ')}   ${terminal.style('dim', `[${rule}]`)}`,
  );
  for (const line of evidence) terminal.printLine(`           ${line}`);
  if (since) terminal.printLine(`  since    ${humanAge(since, nowMs)} ago (${since})`);
  if (chain !== undefined && chain.length > 2) terminal.printLine(`  chain    ${chain.join(' → ')}`);
  if (next !== undefined) terminal.printLine(`  next     ${next}`);
}
