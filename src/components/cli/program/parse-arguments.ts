import { Command, CommanderError, Option } from 'commander';
import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from './command-definition.ts';
import type { FlagValue } from './flags.ts';
import { Flags } from './flags.ts';
import { usageError } from './usage-error.ts';

export type ParsedArguments =
  { readonly type: 'help' } | { readonly type: 'run'; readonly args: readonly string[]; readonly flags: Flags };

/**
 * Reads the arguments of one command. Flags may be written as cobra's users write them: `--flag=false`, `-o=json`, comma-separated
 * or repeated. Throws USAGE.
 */
export function parseArguments(
  definition: CommandDefinition,
  globals: readonly OptionDefinition[],
  argv: readonly string[],
): ParsedArguments {
  const options = withGlobals(definition.options ?? [], globals);
  if (asksForHelp(argv, options)) return { type: 'help' };
  const given = new Map<string, FlagValue>();
  const ownNames = new Set((definition.options ?? []).map(({ name }) => name));
  const command = buildCommand(definition, options, given);
  try {
    command.parse(normalizeArguments(argv, options), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError)
      throw usageError(sentence(error.message), `Run the command with --help to see its flags.`);
    throw error;
  }
  checkChoices(options, given);
  return { type: 'run', args: command.args, flags: new Flags(options, given, ownNames) };
}

/** A command's own flags win over the ones that all commands have. */
export function withGlobals(
  options: readonly OptionDefinition[],
  globals: readonly OptionDefinition[],
): readonly OptionDefinition[] {
  const names = new Set(options.map(({ name }) => name));
  const shorts = new Set(options.flatMap(({ short }) => (short === undefined ? [] : [short])));
  const rest = globals.filter(({ name }) => !names.has(name));
  return [
    ...options,
    ...rest.map((one) => (one.short !== undefined && shorts.has(one.short) ? withoutShort(one) : one)),
  ];
}

function withoutShort({ short: _short, ...option }: OptionDefinition): OptionDefinition {
  return option;
}

function buildCommand(
  definition: CommandDefinition,
  options: readonly OptionDefinition[],
  given: Map<string, FlagValue>,
): Command {
  const command = new Command(definition.name)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .helpOption(false)
    .allowExcessArguments(false);
  for (const argument of definition.args ?? []) command.argument(argumentSyntax(argument));
  for (const option of options) {
    const isFlag = option.type === 'boolean';
    const isList = option.type === 'strings' || option.type === 'pairs';
    const prefix = option.short === undefined ? '' : `-${option.short}, `;
    command.addOption(new Option(`${prefix}--${option.name}${isFlag ? '' : ' <value>'}`));
    command.on(`option:${option.name}`, (value: string | null) => {
      if (isFlag) given.set(option.name, true);
      else if (isList) given.set(option.name, [...listOf(given.get(option.name)), ...splitList(value ?? '', option)]);
      else given.set(option.name, value ?? '');
    });
    if (!isFlag) continue;
    command.addOption(new Option(`--not-${option.name}`).hideHelp());
    command.on(`option:not-${option.name}`, () => given.set(option.name, false));
  }
  return command;
}

function listOf(value: FlagValue | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** Values with "=" or in JSON may hold commas of their own; cobra's string arrays never split. */
function splitList(value: string, { name }: OptionDefinition): readonly string[] {
  return splitNames.has(name)
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean)
    : [value];
}

const splitNames: ReadonlySet<string> = new Set(['source-positions', 'helm-api-versions', 'header']);

function argumentSyntax({ name, required, variadic }: ArgumentDefinition): string {
  const inner = `${name}${variadic === true ? '...' : ''}`;
  return required === true ? `<${inner}>` : `[${inner}]`;
}

/** `--flag=true`, `--flag=false` and `-o=value` in the forms that commander reads. */
function normalizeArguments(argv: readonly string[], options: readonly OptionDefinition[]): string[] {
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  const normalized = flags.flatMap((argument) => {
    const long = /^--([^=]+)=(.*)$/s.exec(argument);
    if (long) {
      const option = options.find(({ name }) => name === long[1]);
      return option?.type === 'boolean' ? [booleanFlag(option.name, long[2] as string)] : [argument];
    }
    const short = /^-([a-zA-Z])=(.*)$/s.exec(argument);
    const option = short && options.find((one) => one.short === short[1]);
    if (!short || !option) return [argument];
    if (option.type === 'boolean') return [booleanFlag(option.name, short[2] as string)];
    return [`--${option.name}=${short[2]}`];
  });
  return [...normalized, ...(end < 0 ? [] : argv.slice(end))];
}

function booleanFlag(name: string, value: string): string {
  if (/^(1|t|true)$/i.test(value)) return `--${name}`;
  if (/^(0|f|false)$/i.test(value)) return `--not-${name}`;
  throw usageError(`--${name}: "${value}" is neither "true" nor "false".`);
}

function asksForHelp(argv: readonly string[], options: readonly OptionDefinition[]): boolean {
  const hasOwnShort = options.some(({ short }) => short === 'h');
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((one) => one === '--help' || (one === '-h' && !hasOwnShort));
}

function checkChoices(options: readonly OptionDefinition[], given: ReadonlyMap<string, FlagValue>): void {
  for (const { name, choices } of options) {
    const value = given.get(name);
    if (choices === undefined || typeof value !== 'string' || choices.includes(value)) continue;
    throw usageError(
      `--${name}: "${value}" is not one of ${choices.join(', ')}.`,
      `Choose one of ${choices.join(', ')}.`,
    );
  }
}

/** commander begins with "error: ". */
function sentence(message: string): string {
  const text = message.replace(/^error: /, '');
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?)]$/.test(capital) ? capital : `${capital}.`;
}
