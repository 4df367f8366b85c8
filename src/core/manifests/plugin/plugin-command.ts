/** A program with its arguments. */
export interface Command {
  readonly command: readonly string[];
  readonly args?: readonly string[];
}

/** When a source is one for the plug-in: the first of these that is set decides. */
export interface PluginDiscovery {
  /** A glob on a file's path relative to the source. */
  readonly fileName?: string;
  readonly find?: {
    readonly glob?: string;
    /** Runs in a copy of the repository; it says yes by exit code 0 and something on standard output. */
    readonly command?: readonly string[];
    readonly args?: readonly string[];
  };
}

/**
 * A config-management plug-in as the repo-server's own configuration names it (`compatibility.md` a.5, without a sidecar).
 * It is never taken from a repository or a request: whoever writes it can run code.
 */
export interface PluginCommand {
  readonly name: string;
  readonly version?: string;
  readonly init?: Command;
  readonly generate: Command;
  readonly discover?: PluginDiscovery;
  /** Environment that every run gets, beside the build environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The plug-in may use the network. Default false. */
  readonly allowNetwork?: boolean;
}
