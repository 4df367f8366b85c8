import Type from 'typebox';
import type { Static } from 'typebox';
import { ApplicationSource } from '#core/api';
import type { KubeObject } from '#libs/kube';
import { defineContract, unary } from '#libs/rpc';
import type { ClientOf } from '#libs/rpc';
import { ErrorDetailSchema } from './error-detail.ts';
import { RenderSettings } from './render-settings.ts';
import { WireRepositoryAccess } from './wire-repository-access.ts';

const closed = { additionalProperties: false } as const;

/** Any Kubernetes object; only what every object has is checked. */
export const KubeObjectSchema = Type.Unsafe<KubeObject>(
  Type.Object({ apiVersion: Type.String(), kind: Type.String(), metadata: Type.Object({}) }),
);

export const RevisionQuery = Type.Object(
  {
    /** Branch, tag, `refs/…`, SHA, semver range, or '' for HEAD; a chart's version or range; an OCI tag or digest. */
    targetRevision: Type.String(),
    /** The chart in a Helm repository. */
    chart: Type.Optional(Type.String()),
    tagPrefix: Type.Optional(Type.String()),
  },
  closed,
);
export type RevisionQuery = Static<typeof RevisionQuery>;

export const ResolveRevisionsRequest = Type.Object(
  {
    repository: WireRepositoryAccess,
    revisions: Type.Array(RevisionQuery),
    /** False permits an answer that is a few seconds old. */
    refresh: Type.Boolean(),
  },
  closed,
);
export type ResolveRevisionsRequest = Static<typeof ResolveRevisionsRequest>;

/** A commit SHA, a chart version or a digest; or why there is none. */
export const RevisionAnswer = Type.Union([
  Type.Object({ revision: Type.String() }),
  Type.Object({ error: ErrorDetailSchema }),
]);
export type RevisionAnswer = Static<typeof RevisionAnswer>;

/** Aligned with the request's `revisions`. An unreachable repository fails the whole call. */
export const ResolveRevisionsResponse = Type.Object({ revisions: Type.Array(RevisionAnswer) });
export type ResolveRevisionsResponse = Static<typeof ResolveRevisionsResponse>;

export const ClusterCapabilities = Type.Object(
  {
    /** `v1.36.1` or `1.36.1`. */
    kubeVersion: Type.String(),
    /** `group/version` and `group/version/Kind`. */
    apiVersions: Type.Array(Type.String()),
  },
  closed,
);
export type ClusterCapabilities = Static<typeof ClusterCapabilities>;

export const GenerateManifestsRequest = Type.Object(
  {
    /** Instance form: `name`, or `namespace_name` outside the control-plane namespace. */
    appName: Type.String(),
    /** Namespace of the destination. */
    namespace: Type.String(),
    project: Type.String(),
    sources: Type.Array(ApplicationSource),
    /** Resolved revisions, aligned with `sources`. */
    revisions: Type.Array(Type.String()),
    /** Aligned with `sources`. */
    repositories: Type.Array(WireRepositoryAccess),
    /** Other repositories and templates that the project permits: chart dependencies may come from these. */
    dependencyRepositories: Type.Optional(Type.Array(WireRepositoryAccess)),
    /** `sourceRepos` of the project: a chart dependency may come, without credentials, from what they permit. */
    permittedRepositories: Type.Optional(Type.Array(Type.String())),
    cluster: ClusterCapabilities,
    settings: RenderSettings,
    /** The key that the caller has the objects of: the same key is answered with `unchanged`. */
    ifKey: Type.Optional(Type.String()),
    /** Render even when nothing that was read has changed. */
    noCache: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type GenerateManifestsRequest = Static<typeof GenerateManifestsRequest>;

export const SourceType = Type.Enum(['Helm', 'Kustomize', 'Directory', 'Plugin']);
export type SourceType = Static<typeof SourceType>;

/** Where an object came from: which source (0-based), which file of it, which line (1-based). */
export const ObjectOrigin = Type.Object({
  source: Type.Integer(),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
});
export type ObjectOrigin = Static<typeof ObjectOrigin>;

export const UnchangedManifests = Type.Object({ unchanged: Type.Literal(true), key: Type.String() });
export type UnchangedManifests = Static<typeof UnchangedManifests>;

export const GeneratedManifests = Type.Object({
  unchanged: Type.Literal(false),
  /** Hash of everything that the result depends on. */
  key: Type.String(),
  /** Under which `#services/manifest-store` has the objects. */
  digest: Type.String(),
  objects: Type.Array(KubeObjectSchema),
  /** Aligned with `objects`. */
  origins: Type.Array(ObjectOrigin),
  /** Aligned with the request's sources; '' for one that only lends its files (`ref`). */
  sourceTypes: Type.Array(Type.Union([SourceType, Type.Literal('')])),
  revisions: Type.Array(Type.String()),
  /** The tools' command lines, for people. */
  commands: Type.Array(Type.String()),
  warnings: Type.Array(Type.String()),
  /** False when the result came from the store. */
  rendered: Type.Boolean(),
});
export type GeneratedManifests = Static<typeof GeneratedManifests>;

export const RevisionMetadata = Type.Object({
  author: Type.Optional(Type.String()),
  /** RFC 3339. */
  date: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  tags: Type.Array(Type.String()),
});
export type RevisionMetadata = Static<typeof RevisionMetadata>;

/** Which programs render, and how they are confined: what `windlass status` shows. */
export const RendererStatus = Type.Object({
  tools: Type.Array(
    Type.Object({
      name: Type.Enum(['helm', 'kustomize', 'jsonnet']),
      version: Type.Optional(Type.String()),
      path: Type.Optional(Type.String()),
      digest: Type.Optional(Type.String()),
      /** Why it is missing. */
      error: Type.Optional(ErrorDetailSchema),
    }),
  ),
  confinement: Type.Object({
    network: Type.Enum(['none', 'host']),
    memory: Type.Enum(['limited', 'unlimited']),
    /** For people: how, or why not. */
    explanation: Type.String(),
  }),
});
export type RendererStatus = Static<typeof RendererStatus>;

/** What turns sources into objects. It reads repositories and runs renderers, and has no access to any cluster. */
export const repoServerContract = defineContract('repo-server', {
  /** One ref advertisement per call, whatever the number of revisions. */
  resolveRevisions: unary({
    request: ResolveRevisionsRequest,
    response: ResolveRevisionsResponse,
    deadlineMs: 60_000,
  }),
  generateManifests: unary({
    request: GenerateManifestsRequest,
    response: Type.Union([UnchangedManifests, GeneratedManifests]),
    deadlineMs: 180_000,
  }),
  revisionMetadata: unary({
    request: Type.Object({ repository: WireRepositoryAccess, revision: Type.String() }, closed),
    response: RevisionMetadata,
  }),
  /** Fails with the reason when the repository cannot be reached or read. */
  testRepository: unary({
    request: Type.Object({ repository: WireRepositoryAccess }, closed),
    response: Type.Object({}),
  }),
  rendererStatus: unary({ request: Type.Object({}, closed), response: RendererStatus }),
});

export type RepoServer = ClientOf<typeof repoServerContract>;
