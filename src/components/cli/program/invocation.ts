import type { Clock } from '#base/clock';
import type { Session } from '../session/session.ts';
import type { CommandTree } from './command-tree.ts';
import type { Flags } from './flags.ts';
import type { Terminal } from './terminal.ts';

export type ProgramName = 'windlass' | 'argocd';
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that one run of a command has. */
export interface Invocation {
  readonly program: ProgramName;
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly terminal: Terminal;
  readonly env: Environment;
  readonly cwd: string;
  readonly clock: Clock;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** The product's version, e.g. `0.1.0`. */
  readonly version: string;
  readonly tree: CommandTree;
  /** Connects to the cluster at the first call; closed when the command ends. */
  readonly session: () => Promise<Session>;
}
