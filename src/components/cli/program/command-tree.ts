import type { CommandDefinition } from './command-definition.ts';

export type CommandLoader = () => Promise<CommandDefinition>;

/** A noun with its verbs; a command's file is read when the command is needed. */
export interface CommandGroup {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly examples: readonly string[];
  readonly commands: Readonly<Record<string, CommandLoader>>;
}

/** The whole command line: nouns, and verbs that stand alone. */
export interface CommandTree {
  readonly groups: readonly CommandGroup[];
  readonly commands: Readonly<Record<string, CommandLoader>>;
}

export interface LoadedGroup {
  readonly group: CommandGroup;
  readonly commands: readonly CommandDefinition[];
}

/** Every definition, for help, completion and the reference page. */
export async function loadTree(tree: CommandTree): Promise<{
  readonly groups: readonly LoadedGroup[];
  readonly commands: readonly CommandDefinition[];
}> {
  return {
    groups: await Promise.all(
      tree.groups.map(async (group) => ({ group, commands: await loadCommands(group.commands) })),
    ),
    commands: await loadCommands(tree.commands),
  };
}

export async function loadCommands(
  commands: Readonly<Record<string, CommandLoader>>,
): Promise<readonly CommandDefinition[]> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  return loaded.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
