export type { HelmParameter, TemplateOptions } from './build-template-args.ts';
export type { FindToolOptions, HelmRun } from './helm-program.ts';
export { describeTemplateCommand, findHelm, helmVersion, runHelmTemplate } from './helm-program.ts';
export type { LayerProgram } from './kubectl-layer.ts';
export { layerProgram } from './kubectl-layer.ts';
export type { ChartRepositoryAccess } from './http-get.ts';
export { ChartRepositoryClient } from './chart-repository.ts';
export type { ChartIndex, ChartVersion } from './parse-chart-index.ts';
