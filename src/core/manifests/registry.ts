import type { SourceType } from '#core/contracts';
import { directoryRenderer } from './directory/directory-renderer.ts';
import { helmRenderer } from './helm/helm-renderer.ts';
import { kustomizeRenderer } from './kustomize/kustomize-renderer.ts';
import { pluginRenderer } from './plugin/plugin-renderer.ts';
import type { Renderer } from './render-context.ts';

/** All renderers. A new one is one file and one line here. */
export const renderers: Readonly<Record<SourceType, Renderer>> = Object.freeze({
  Directory: directoryRenderer,
  Helm: helmRenderer,
  Kustomize: kustomizeRenderer,
  Plugin: pluginRenderer,
});
