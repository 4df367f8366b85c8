import { defineCommand } from '../../program/command-definition.ts';
import type { Flags } from '../../program/flags.ts';
import { usageError } from '../../program/usage-error.ts';
import { parseApplicationRef } from '../../session/application-ref.ts';
import type { LogLine, LogQuery } from '../../session/session.ts';
import { appNamespaceFlag, applicationArgument } from './flags.ts';

export const logs = defineCommand({
  name: 'logs',
  summary: 'Get logs of application pods',
  args: [applicationArgument],
  options: [
    { name: 'follow', short: 'f', type: 'boolean', summary: 'Go on with what is written from now on' },
    { name: 'tail', type: 'integer', summary: 'Only the last lines of each container' },
    { name: 'since-seconds', type: 'integer', summary: 'Only what was written in the last seconds' },
    { name: 'until-time', type: 'string', summary: 'Only what was written until this time, as RFC 3339' },
    { name: 'group', type: 'string', summary: 'Only pods of resources of this group' },
    { name: 'kind', type: 'string', summary: 'Only pods of resources of this kind' },
    { name: 'name', type: 'string', summary: 'Only pods of resources of this name' },
    { name: 'namespace', type: 'string', summary: 'Only pods of resources in this namespace' },
    { name: 'container', short: 'c', type: 'string', summary: 'Only this container' },
    { name: 'previous', short: 'p', type: 'boolean', summary: "Of the container's run before" },
    { name: 'filter', type: 'string', summary: 'Only lines that hold this text; "!" in front means: that do not' },
    { name: 'match-case', short: 'm', type: 'boolean', summary: '--filter tells capital and small letters apart' },
    appNamespaceFlag,
  ],
  examples: [
    'windlass app logs my-app',
    'windlass app logs my-app -f --tail 20',
    'windlass app logs my-app --group apps --kind Deployment --name web -c nginx',
    'windlass app logs my-app --filter "!health" --since-seconds 600',
  ],
  async run({ flags, args, terminal, signal, session }) {
    const { applications, namespace } = await session();
    const application = await applications.get(parseApplicationRef(args[0] as string, flags, namespace));
    const isWanted = lineFilter(flags);
    const untilMs = untilTime(flags);
    for await (const line of applications.logs(application, queryOf(flags), signal)) {
      if (untilMs !== undefined && Date.parse(line.time) > untilMs) continue;
      if (isWanted(line)) terminal.printLine(line.text);
    }
  },
});

function queryOf(flags: Flags): LogQuery {
  return {
    follow: flags.is('follow'),
    previous: flags.is('previous'),
    container: flags.text('container'),
    tailLines: flags.integer('tail') || undefined,
    sinceSeconds: flags.integer('since-seconds') || undefined,
    group: flags.text('group'),
    kind: flags.text('kind'),
    name: flags.text('name'),
    namespace: flags.text('namespace'),
  };
}

function untilTime(flags: Flags): number | undefined {
  const text = flags.text('until-time');
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw usageError(`--until-time: "${text}" is no time.`, 'Write it as 2026-01-02T15:04:05Z.');
  return ms;
}

function lineFilter(flags: Flags): (line: LogLine) => boolean {
  const filter = flags.text('filter');
  if (filter === undefined) return () => true;
  const isNegated = filter.startsWith('!');
  const matchesCase = flags.is('match-case');
  const fold = (text: string) => (matchesCase ? text : text.toLowerCase());
  const wanted = fold(isNegated ? filter.slice(1) : filter);
  return ({ text }) => fold(text).includes(wanted) !== isNegated;
}
