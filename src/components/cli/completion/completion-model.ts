import type { CommandDefinition, Completion, OptionDefinition } from '../program/command-definition.ts';
import type { loadTree } from '../program/command-tree.ts';
import { withGlobals } from '../program/parse-arguments.ts';

/** One command as a shell needs to know it. */
interface CompletedCommand {
  /** `app get`, `version`. */
  readonly path: string;
  readonly summary: string;
  readonly options: readonly OptionDefinition[];
  /** What its arguments are. */
  readonly argument: Completion | undefined;
}

export interface CompletionModel {
  /** Words that may follow '' (the program) or a noun, with what they do. */
  readonly words: ReadonlyMap<string, readonly (readonly [word: string, summary: string])[]>;
  readonly commands: readonly CompletedCommand[];
}

/** The command tree flattened for completion scripts. Pure. */
export function completionModel(
  { groups, commands }: Awaited<ReturnType<typeof loadTree>>,
  globals: readonly OptionDefinition[],
): CompletionModel {
  const complete = (definition: CommandDefinition, prefix: string): CompletedCommand => ({
    path: `${prefix}${definition.name}`,
    summary: definition.summary,
    options: withGlobals(definition.options ?? [], definition.isLocal === true ? [] : globals),
    argument: definition.args?.[0]?.complete,
  });
  const roots = [
    ...groups.map(({ group }) => [group.name, group.summary] as const),
    ...commands.map(({ name, summary }) => [name, summary] as const),
  ];
  return {
    words: new Map([
      ['', roots],
      ...groups.map(
        ({ group, commands: verbs }) =>
          [group.name, verbs.map(({ name, summary }) => [name, summary] as const)] as const,
      ),
    ]),
    commands: [
      ...commands.map((definition) => complete(definition, '')),
      ...groups.flatMap(({ group, commands: verbs }) => verbs.map((verb) => complete(verb, `${group.name} `))),
    ],
  };
}

/** A shell command whose output are the values, one a line; undefined for what shells know themselves. */
export function valueCommand(completion: Completion | undefined, program: string): string | undefined {
  switch (completion) {
    case 'application':
      return `${program} app list -o name`;
    case 'project':
      return `${program} proj list -o name`;
    case 'repository':
      return `${program} repo list -o url`;
    case 'cluster':
      return `${program} cluster list -o server`;
    case 'shell':
      return 'printf "%s\\n" bash zsh fish';
    default:
      return undefined;
  }
}
