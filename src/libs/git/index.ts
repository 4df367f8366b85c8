export type { GitAccess, GithubAppAccess } from './git-access.ts';
export type {
  CommitMetadata,
  CommitTree,
  GitLimits,
  GitStore,
  GitStoreOptions,
  ResolvedRevision,
} from './git-store.ts';
export type { Ref, RefAdvertisement } from './ref-advertisement.ts';
export type { Resolution } from './resolve-revision.ts';
export { createGitStore } from './create-git-store.ts';
export { commitOf } from './ref-advertisement.ts';
export { isSameRepo, normalizeRepoUrl } from './normalize-repo-url.ts';
export { displayUrl, isLoopback } from './remote-url.ts';
export { isFullSha, refPrefixesFor, resolveRevision } from './resolve-revision.ts';
export { createHttpBackend } from './http-backend.ts';
export type { HttpBackend, HttpBackendOptions } from './http-backend.ts';
