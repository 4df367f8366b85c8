import type { Clock } from '#base/clock';
import type { ProxySettings } from '#base/http-agents';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import type { Tree } from '#base/tree';
import type { GitAccess } from './git-access.ts';
import type { RefAdvertisement } from './ref-advertisement.ts';

/** How long and how much a Git server may take (`safety.md` §3, input limits). */
export interface GitLimits {
  /** For refs and other small answers. */
  readonly requestTimeoutMs: number;
  readonly fetchTimeoutMs: number;
  /** Of one fetch. */
  readonly maxPackBytes: number;
}

export interface GitStoreOptions {
  /** Holds `mirrors/` and `trees/`; made when missing. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry;
  /** Permit `file://` and plain paths: tests only. */
  readonly allowFileUrls?: boolean;
  /** The git program. Default: `git` on PATH. */
  readonly gitPath?: string;
  /** The ssh program. Default: `ssh` on PATH. */
  readonly sshPath?: string;
  /** For repositories that name no proxy of their own. */
  readonly proxies?: ProxySettings;
  /** Default: 15 s, 90 s, 1 GiB. */
  readonly limits?: Partial<GitLimits>;
  /** Budget of materialised trees, in bytes. Default 2 GiB. */
  readonly maxTreeBytes?: number;
}

/** Who made a commit, when, and what they said. */
export interface CommitMetadata {
  readonly sha: string;
  readonly treeId: string;
  readonly parents: readonly string[];
  /** `Name <email>`. */
  readonly author: string;
  /** RFC 3339, UTC, of the author's date. */
  readonly date: string;
  readonly message: string;
  readonly signed: boolean;
}

/** A tree at a commit. */
export interface CommitTree extends Tree {
  readonly commit: CommitMetadata;
}

export interface ResolvedRevision {
  readonly sha: string;
  /** The ref that was chosen; absent for a SHA. */
  readonly ref?: string;
}

/** All Git repositories of a process: one bare mirror per remote, shared by everybody who uses the same URL. */
export interface GitStore extends AsyncDisposable {
  /** Asks the remote once for the refs below the prefixes (all of them for `[]`). One HTTP request, no process. */
  refs(access: GitAccess, prefixes: readonly string[], signal?: AbortSignal): Promise<RefAdvertisement>;
  /** Resolves a target revision (branch, tag, `refs/…`, SHA, short SHA, semver range, '' = HEAD) at the remote. */
  resolve(
    access: GitAccess,
    targetRevision: string,
    options?: { readonly tagPrefix?: string; readonly signal?: AbortSignal },
  ): Promise<ResolvedRevision>;
  /** Makes a commit and everything it holds available in the mirror; does nothing when it is there. */
  ensureCommit(access: GitAccess, sha: string, refHint?: string, signal?: AbortSignal): Promise<void>;
  /** The tree at a commit that is in the mirror (fetched when it is not). */
  tree(access: GitAccess, sha: string, signal?: AbortSignal): Promise<CommitTree>;
  commit(access: GitAccess, sha: string, signal?: AbortSignal): Promise<CommitMetadata>;
  /** Paths whose content differs between two commits, sorted. */
  changedPaths(access: GitAccess, from: string, to: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** The full SHA of an abbreviated commit id of at least seven digits. */
  resolveShortSha(access: GitAccess, prefix: string, signal?: AbortSignal): Promise<string>;
  /** Removes materialised trees that were not used lately, oldest first, until the budget holds. */
  collectGarbage(): Promise<{ readonly removed: number; readonly bytes: number }>;
  close(): Promise<void>;
}
