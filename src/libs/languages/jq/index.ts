export type { JqRunnerOptions } from './jq-runner.ts';
export { JqRunner } from './jq-runner.ts';
export type { PathAnswer, PathQuestion } from './find-jq-paths.ts';
export { findJqPaths } from './find-jq-paths.ts';
