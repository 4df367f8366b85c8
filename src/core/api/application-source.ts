import Type from 'typebox';
import type { Static } from 'typebox';
import { anyObject, mapOf, intOrString } from './schema-builders.ts';

export const JsonnetVar = Type.Object({
  code: Type.Optional(Type.Boolean()),
  name: Type.String(),
  value: Type.String(),
});
export type JsonnetVar = Static<typeof JsonnetVar>;

export const DirectorySource = Type.Object({
  disableExtensionFilter: Type.Optional(Type.Boolean()),
  exclude: Type.Optional(Type.String()),
  include: Type.Optional(Type.String()),
  jsonnet: Type.Optional(
    Type.Object({
      extVars: Type.Optional(Type.Array(JsonnetVar)),
      libs: Type.Optional(Type.Array(Type.String())),
      tlas: Type.Optional(Type.Array(JsonnetVar)),
    }),
  ),
  recurse: Type.Optional(Type.Boolean()),
});
export type DirectorySource = Static<typeof DirectorySource>;

export const HelmParameter = Type.Object({
  forceString: Type.Optional(Type.Boolean()),
  name: Type.Optional(Type.String()),
  value: Type.Optional(Type.String()),
});
export type HelmParameter = Static<typeof HelmParameter>;

export const HelmFileParameter = Type.Object({
  name: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
});
export type HelmFileParameter = Static<typeof HelmFileParameter>;

export const HelmSource = Type.Object({
  apiVersions: Type.Optional(Type.Array(Type.String())),
  fileParameters: Type.Optional(Type.Array(HelmFileParameter)),
  ignoreMissingValueFiles: Type.Optional(Type.Boolean()),
  kubeVersion: Type.Optional(Type.String()),
  namespace: Type.Optional(Type.String()),
  parameters: Type.Optional(Type.Array(HelmParameter)),
  passCredentials: Type.Optional(Type.Boolean()),
  releaseName: Type.Optional(Type.String()),
  skipCrds: Type.Optional(Type.Boolean()),
  skipSchemaValidation: Type.Optional(Type.Boolean()),
  skipTests: Type.Optional(Type.Boolean()),
  valueFiles: Type.Optional(Type.Array(Type.String())),
  values: Type.Optional(Type.String()),
  valuesObject: Type.Optional(anyObject({ 'x-kubernetes-preserve-unknown-fields': true })),
  version: Type.Optional(Type.String()),
});
export type HelmSource = Static<typeof HelmSource>;

export const KustomizePatch = Type.Object({
  options: Type.Optional(mapOf(Type.Boolean())),
  patch: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  target: Type.Optional(
    Type.Object({
      annotationSelector: Type.Optional(Type.String()),
      group: Type.Optional(Type.String()),
      kind: Type.Optional(Type.String()),
      labelSelector: Type.Optional(Type.String()),
      name: Type.Optional(Type.String()),
      namespace: Type.Optional(Type.String()),
      version: Type.Optional(Type.String()),
    }),
  ),
});
export type KustomizePatch = Static<typeof KustomizePatch>;

export const KustomizeReplica = Type.Object({
  count: intOrString(),
  name: Type.String(),
});
export type KustomizeReplica = Static<typeof KustomizeReplica>;

export const KustomizeSource = Type.Object({
  apiVersions: Type.Optional(Type.Array(Type.String())),
  commonAnnotations: Type.Optional(mapOf(Type.String())),
  commonAnnotationsEnvsubst: Type.Optional(Type.Boolean()),
  commonLabels: Type.Optional(mapOf(Type.String())),
  components: Type.Optional(Type.Array(Type.String())),
  forceCommonAnnotations: Type.Optional(Type.Boolean()),
  forceCommonLabels: Type.Optional(Type.Boolean()),
  ignoreMissingComponents: Type.Optional(Type.Boolean()),
  images: Type.Optional(Type.Array(Type.String())),
  kubeVersion: Type.Optional(Type.String()),
  labelIncludeTemplates: Type.Optional(Type.Boolean()),
  labelWithoutSelector: Type.Optional(Type.Boolean()),
  namePrefix: Type.Optional(Type.String()),
  nameSuffix: Type.Optional(Type.String()),
  namespace: Type.Optional(Type.String()),
  patches: Type.Optional(Type.Array(KustomizePatch)),
  replicas: Type.Optional(Type.Array(KustomizeReplica)),
  version: Type.Optional(Type.String()),
});
export type KustomizeSource = Static<typeof KustomizeSource>;

export const PluginParameter = Type.Object({
  array: Type.Optional(Type.Array(Type.String())),
  map: Type.Optional(mapOf(Type.String())),
  name: Type.Optional(Type.String()),
  string: Type.Optional(Type.String()),
});
export type PluginParameter = Static<typeof PluginParameter>;

export const NameValue = Type.Object({
  name: Type.String(),
  value: Type.String(),
});
export type NameValue = Static<typeof NameValue>;

export const PluginSource = Type.Object({
  env: Type.Optional(Type.Array(NameValue)),
  name: Type.Optional(Type.String()),
  parameters: Type.Optional(Type.Array(PluginParameter)),
});
export type PluginSource = Static<typeof PluginSource>;

export const ApplicationSource = Type.Object({
  chart: Type.Optional(Type.String()),
  directory: Type.Optional(DirectorySource),
  helm: Type.Optional(HelmSource),
  kustomize: Type.Optional(KustomizeSource),
  name: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  plugin: Type.Optional(PluginSource),
  ref: Type.Optional(Type.String()),
  repoURL: Type.String(),
  tagPrefix: Type.Optional(Type.String()),
  targetRevision: Type.Optional(Type.String()),
});
export type ApplicationSource = Static<typeof ApplicationSource>;

export const SourceHydrator = Type.Object({
  drySource: Type.Object({
    directory: Type.Optional(DirectorySource),
    helm: Type.Optional(HelmSource),
    kustomize: Type.Optional(KustomizeSource),
    path: Type.String(),
    plugin: Type.Optional(PluginSource),
    repoURL: Type.String(),
    targetRevision: Type.String(),
  }),
  hydrateTo: Type.Optional(
    Type.Object({
      targetBranch: Type.String(),
    }),
  ),
  syncSource: Type.Object({
    path: Type.String({ minLength: 1, pattern: '^.{2,}|[^./]$' }),
    repoURL: Type.Optional(Type.String()),
    targetBranch: Type.String(),
  }),
});
export type SourceHydrator = Static<typeof SourceHydrator>;
