export { sourceError } from './source-error.ts';
export { ErrorDetailSchema } from './error-detail.ts';
export { WireRepositoryAccess } from './wire-repository-access.ts';
export { defaultRenderSettings, RenderSettings } from './render-settings.ts';
export * from './repo-server.ts';
