import type { OptionDefinition } from './command-definition.ts';
import type { CommandGroup, CommandLoader, CommandTree } from './command-tree.ts';

/** What the words on the command line name, before any flag is understood. */
export type Location =
  | {
      readonly type: 'command';
      readonly path: readonly string[];
      readonly load: CommandLoader;
      readonly rest: readonly string[];
    }
  | { readonly type: 'group'; readonly group: CommandGroup; readonly unknown?: string }
  | { readonly type: 'root'; readonly unknown?: string }
  | { readonly type: 'help'; readonly path: readonly string[] };

/**
 * Finds the command in the arguments. Flags that all commands have may stand before it; they are handed on behind it. Pure.
 */
export function locateCommand(
  argv: readonly string[],
  tree: CommandTree,
  globals: readonly OptionDefinition[],
): Location {
  const { words, leading, rest } = splitWords(argv, globals, 1);
  const [noun] = words;
  if (noun === undefined) return { type: 'root' };
  if (noun === 'help') return { type: 'help', path: rest.filter((word) => !word.startsWith('-')) };
  const load = own(tree.commands, noun);
  if (load) return { type: 'command', path: [noun], load, rest: [...leading, ...rest] };
  const group = findGroup(tree, noun);
  if (!group) return { type: 'root', unknown: noun };
  const inner = splitWords(rest, globals, 1);
  const [verb] = inner.words;
  if (verb === undefined) return { type: 'group', group };
  const leaf = own(group.commands, verb);
  if (!leaf) return { type: 'group', group, unknown: verb };
  return { type: 'command', path: [group.name, verb], load: leaf, rest: [...leading, ...inner.leading, ...inner.rest] };
}

export function findGroup(tree: CommandTree, name: string): CommandGroup | undefined {
  return tree.groups.find((group) => group.name === name || group.aliases?.includes(name) === true);
}

export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The first `count` words that are neither flags nor values of flags, what stood before them, and what follows. */
function splitWords(argv: readonly string[], globals: readonly OptionDefinition[], count: number) {
  const words: string[] = [];
  const leading: string[] = [];
  let index = 0;
  while (index < argv.length && words.length < count) {
    const argument = argv[index++] as string;
    if (!argument.startsWith('-') || argument === '-') {
      words.push(argument);
      continue;
    }
    leading.push(argument);
    if (takesNext(argument, globals) && index < argv.length) leading.push(argv[index++] as string);
  }
  return { words, leading, rest: argv.slice(index) };
}

function takesNext(argument: string, globals: readonly OptionDefinition[]): boolean {
  if (argument.includes('=')) return false;
  const option = globals.find(({ name, short }) => argument === `--${name}` || argument === `-${short ?? ''}`);
  return option !== undefined && option.type !== 'boolean';
}
