export type { KustomizeProgram, KustomizeRun } from './kustomize-program.ts';
export { findKustomize, kustomizeVersion, runKustomizeBuild } from './kustomize-program.ts';
export type { BuildOptions } from './parse-build-options.ts';
export { parseBuildOptions } from './parse-build-options.ts';
export type { KustomizationEdits } from './edit-kustomization.ts';
export { editKustomization } from './edit-kustomization.ts';
export type { RemoteEntry } from './parse-remote-entry.ts';
export { parseRemoteEntry } from './parse-remote-entry.ts';
