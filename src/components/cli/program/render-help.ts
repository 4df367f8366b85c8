import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from './command-definition.ts';
import type { CommandGroup, CommandTree } from './command-tree.ts';
import { loadCommands } from './command-tree.ts';
import type { ProgramName } from './invocation.ts';
import { withGlobals } from './parse-arguments.ts';

/** Help of one command: what it does, usage, examples, flags. Pure. */
export function renderCommandHelp(
  definition: CommandDefinition,
  path: readonly string[],
  globals: readonly OptionDefinition[],
): string {
  const own = definition.options ?? [];
  const shared = withGlobals(own, globals).slice(own.length);
  return [
    definition.description ?? `${definition.summary}.`,
    '',
    'Usage:',
    `  ${usageOf(definition, path)}`,
    '',
    'Examples:',
    ...definition.examples.map((example) => `  ${renameProgram(example, path[0] as ProgramName)}`),
    '',
    'Flags:',
    ...flagLines([...own, helpFlag(path.slice(1).join(' '))]),
    ...(shared.length === 0 ? [] : ['', 'Global Flags:', ...flagLines(shared)]),
    '',
  ].join('\n');
}

export async function renderGroupHelp(group: CommandGroup, program: ProgramName): Promise<string> {
  const commands = await loadCommands(group.commands);
  return [
    group.summary,
    '',
    'Usage:',
    `  ${program} ${group.name} [command]`,
    '',
    'Examples:',
    ...group.examples.map((example) => `  ${renameProgram(example, program)}`),
    '',
    'Available Commands:',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    `Use "${program} ${group.name} [command] --help" for more information about a command.`,
    '',
  ].join('\n');
}

export async function renderRootHelp(tree: CommandTree, program: ProgramName): Promise<string> {
  const commands = await loadCommands(tree.commands);
  const rows = [
    ...tree.groups.map(({ name, summary }) => [name, summary] as const),
    ...commands.map(({ name, summary }) => [name, summary] as const),
  ].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    'Keeps Kubernetes clusters as Git says.',
    '',
    'Usage:',
    `  ${program} [command]`,
    '',
    'Available Commands:',
    ...columns(rows),
    '',
    `Use "${program} [command] --help" for more information about a command.`,
    '',
  ].join('\n');
}

/** Examples are written for `windlass`; people read the name that they typed. */
function renameProgram(example: string, program: ProgramName): string {
  return program === 'windlass' ? example : example.replace(/(^|[|;&(] ?)windlass /g, `$1${program} `);
}

function usageOf({ args = [] }: CommandDefinition, path: readonly string[]): string {
  return [...path, ...args.map(argumentText), '[flags]'].join(' ');
}

function argumentText({ name, required, variadic }: ArgumentDefinition): string {
  const text = `${name}${variadic === true ? '...' : ''}`;
  return required === true ? text : `[${text}]`;
}

function helpFlag(command: string): OptionDefinition {
  return { name: 'help', short: 'h', type: 'boolean', summary: `Help for ${command}` };
}

function flagLines(options: readonly OptionDefinition[]): string[] {
  const sorted = options.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return columns(
    sorted.map((option) => {
      const short = option.short === undefined ? '    ' : `-${option.short}, `;
      const type = option.type === 'boolean' ? '' : ` ${typeNames[option.type]}`;
      return [`${short}--${option.name}${type}`, flagSummary(option)];
    }),
  );
}

const typeNames: Readonly<Record<OptionDefinition['type'], string>> = {
  boolean: 'bool',
  string: 'string',
  strings: 'stringArray',
  integer: 'int',
  duration: 'duration',
  pairs: 'key=value',
};

function flagSummary({ summary, choices, default: fallback }: OptionDefinition): string {
  const one = choices === undefined || summary.includes(choices[0] as string) ? '' : `. One of: ${choices.join('|')}`;
  return `${summary}${one}${fallback === undefined || fallback === '' ? '' : ` (default "${fallback}")`}`;
}

function columns(rows: readonly (readonly [string, string] | readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map(([first = '']) => first.length)) + 3;
  return rows.map(([first = '', second = '']) => `  ${first.padEnd(width)}${second}`.trimEnd());
}
