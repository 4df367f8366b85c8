export type { HelmParameter, TemplateOptions } from './build-template-args.ts';
export { buildTemplateArgs } from './build-template-args.ts';
export type { FindToolOptions, HelmRun } from './helm-program.ts';
export { describeTemplateCommand, findHelm, helmVersion, runHelmTemplate } from './helm-program.ts';
export type { LayerProgram } from './kubectl-layer.ts';
export { layerProgram } from './kubectl-layer.ts';
