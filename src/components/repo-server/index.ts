export type { RunningRepoServer } from './create-repo-server.ts';
export { createRepoServer } from './create-repo-server.ts';
export type { RepoServerOptions, RepoServerSettings } from './repo-server-options.ts';
