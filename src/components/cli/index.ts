export { createProgram } from './create-program.ts';
export type { Program, ProgramOptions } from './create-program.ts';
export { defineCommand } from './program/command-definition.ts';
export type {
  ArgumentDefinition,
  CommandDefinition,
  OptionDefinition,
  OptionType,
} from './program/command-definition.ts';
export type { Flags } from './program/flags.ts';
export type { Environment, Invocation, ProgramName } from './program/invocation.ts';
export type { OutputStream, StreamTerminals } from './program/terminal.ts';
export type { Terminal } from './program/terminal.ts';
export type * from './session/session.ts';
export { buildTree } from './commands/registry.ts';
export { loadTree } from './program/command-tree.ts';
export { globalFlags } from './program/global-flags.ts';
