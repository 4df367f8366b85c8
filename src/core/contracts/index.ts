export { sourceError } from './source-error.ts';
export { WireRepositoryAccess } from './wire-repository-access.ts';
export { defaultRenderSettings, RenderSettings } from './render-settings.ts';
export * from './repo-server.ts';
