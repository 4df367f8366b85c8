export type { GitAccess, GithubAppAccess } from './git-access.ts';
export type { CommitMetadata, CommitTree, GitStore, GitStoreOptions, ResolvedRevision } from './git-store.ts';
export type { Ref, RefAdvertisement } from './ref-advertisement.ts';
export { commitOf } from './ref-advertisement.ts';
export { isSameRepo, normalizeRepoUrl } from './normalize-repo-url.ts';
