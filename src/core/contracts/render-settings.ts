import Type from 'typebox';
import type { Static } from 'typebox';

/**
 * What the `argocd-cm` says about rendering. Nothing here names a program or a free-form option: binaries and plug-ins are
 * the repo-server's own configuration (`docs/compatibility.md`, h), because whoever can set them can run code.
 */
export const RenderSettings = Type.Object(
  {
    helmEnabled: Type.Boolean(),
    kustomizeEnabled: Type.Boolean(),
    jsonnetEnabled: Type.Boolean(),
    /** URL schemes that value files may use (`helm.valuesFileSchemes`). Empty: no remote value files. */
    helmValuesFileSchemes: Type.Array(Type.String()),
    /** `kustomize.buildOptions`; only the options listed in `#libs/kustomize` are accepted. */
    kustomizeBuildOptions: Type.String(),
    /** Bytes of all manifests of one directory source together (`reposerver.max.combined.directory.manifests.size`). */
    maxDirectoryBytes: Type.Integer({ minimum: 1 }),
    /** Read directories whose name starts with a dot (`reposerver.include.hidden.directories`). */
    includeHiddenDirectories: Type.Boolean(),
    /** Follow Git submodules (`reposerver.enable.git.submodule`). */
    submodules: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type RenderSettings = Static<typeof RenderSettings>;

/** Argo CD's defaults, but for submodules, which are off. */
export const defaultRenderSettings: RenderSettings = Object.freeze({
  helmEnabled: true,
  kustomizeEnabled: true,
  jsonnetEnabled: true,
  helmValuesFileSchemes: ['https', 'http'],
  kustomizeBuildOptions: '',
  maxDirectoryBytes: 10 * 1024 * 1024,
  includeHiddenDirectories: false,
  submodules: false,
});
