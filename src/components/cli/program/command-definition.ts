import type { Invocation } from './invocation.ts';

/** How a flag's value is read; `strings` may be repeated, `pairs` are repeated `key=value`. */
export type OptionType = 'boolean' | 'string' | 'strings' | 'integer' | 'duration' | 'pairs';

/** What a shell may offer for a value. */
export type Completion = 'application' | 'project' | 'repository' | 'cluster' | 'file' | 'directory' | 'shell';

export interface OptionDefinition {
  /** Long name without dashes. */
  readonly name: string;
  readonly short?: string;
  readonly type: OptionType;
  readonly summary: string;
  /** As it is written on the command line. */
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly complete?: Completion;
}

export interface ArgumentDefinition {
  readonly name: string;
  readonly required?: boolean;
  readonly variadic?: boolean;
  readonly complete?: Completion;
}

/** One command of the command line: its shape as data, and what it does. */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly args?: readonly ArgumentDefinition[];
  readonly options?: readonly OptionDefinition[];
  /** Whole command lines; `windlass` is replaced by the name under which the program runs. */
  readonly examples: readonly string[];
  /** True for verbs that Argo CD does not have: their exit codes tell failures apart (`ux.md` 4.3). */
  readonly isNative?: boolean;
  /** True for commands that never talk to a cluster: they take no connection flags. */
  readonly isLocal?: boolean;
  /** The exit code; nothing means 0. */
  run(invocation: Invocation): Promise<number | void>;
}

/** A command as its file exports it. */
export function defineCommand(definition: CommandDefinition): CommandDefinition {
  return Object.freeze(definition);
}
