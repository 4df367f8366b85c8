import Type from 'typebox';
import type { Static } from 'typebox';
import { ApplicationSpec } from './application-spec.ts';
import { mapOf } from './schema-builders.ts';

export const SecretRef = Type.Object({
  key: Type.String(),
  secretName: Type.String(),
});
export type SecretRef = Static<typeof SecretRef>;

export const ConfigMapKeyRef = Type.Object({
  configMapName: Type.String(),
  key: Type.String(),
});
export type ConfigMapKeyRef = Static<typeof ConfigMapKeyRef>;

export const BasicAuth = Type.Object({
  passwordRef: SecretRef,
  username: Type.String(),
});
export type BasicAuth = Static<typeof BasicAuth>;

export const BearerToken = Type.Object({
  tokenRef: SecretRef,
});
export type BearerToken = Static<typeof BearerToken>;

export const LabelSelector = Type.Object(
  {
    matchExpressions: Type.Optional(
      Type.Array(
        Type.Object({
          key: Type.String(),
          operator: Type.String(),
          values: Type.Optional(Type.Array(Type.String(), { 'x-kubernetes-list-type': 'atomic' })),
        }),
        { 'x-kubernetes-list-type': 'atomic' },
      ),
    ),
    matchLabels: Type.Optional(mapOf(Type.String())),
  },
  { 'x-kubernetes-map-type': 'atomic' },
);
export type LabelSelector = Static<typeof LabelSelector>;

export const ApplicationSetTemplate = Type.Object({
  metadata: Type.Object({
    annotations: Type.Optional(mapOf(Type.String())),
    finalizers: Type.Optional(Type.Array(Type.String())),
    labels: Type.Optional(mapOf(Type.String())),
    name: Type.Optional(Type.String()),
    namespace: Type.Optional(Type.String()),
  }),
  spec: ApplicationSpec,
});
export type ApplicationSetTemplate = Static<typeof ApplicationSetTemplate>;

export const ListGenerator = Type.Object({
  elements: Type.Optional(Type.Array(Type.Unsafe<unknown>({ 'x-kubernetes-preserve-unknown-fields': true }))),
  elementsYaml: Type.Optional(Type.String()),
  template: Type.Optional(ApplicationSetTemplate),
});
export type ListGenerator = Static<typeof ListGenerator>;

export const ClustersGenerator = Type.Object({
  flatList: Type.Optional(Type.Boolean()),
  selector: Type.Optional(LabelSelector),
  template: Type.Optional(ApplicationSetTemplate),
  values: Type.Optional(mapOf(Type.String())),
});
export type ClustersGenerator = Static<typeof ClustersGenerator>;

export const GitGenerator = Type.Object({
  directories: Type.Optional(
    Type.Array(
      Type.Object({
        exclude: Type.Optional(Type.Boolean()),
        path: Type.String(),
      }),
    ),
  ),
  files: Type.Optional(
    Type.Array(
      Type.Object({
        exclude: Type.Optional(Type.Boolean()),
        path: Type.String(),
      }),
    ),
  ),
  pathParamPrefix: Type.Optional(Type.String()),
  repoURL: Type.String(),
  requeueAfterSeconds: Type.Optional(Type.Integer({ format: 'int64' })),
  revision: Type.String(),
  template: Type.Optional(ApplicationSetTemplate),
  values: Type.Optional(mapOf(Type.String())),
});
export type GitGenerator = Static<typeof GitGenerator>;

export const ClusterDecisionResourceGenerator = Type.Object({
  configMapRef: Type.String(),
  labelSelector: Type.Optional(LabelSelector),
  name: Type.Optional(Type.String()),
  requeueAfterSeconds: Type.Optional(Type.Integer({ format: 'int64' })),
  template: Type.Optional(ApplicationSetTemplate),
  values: Type.Optional(mapOf(Type.String())),
});
export type ClusterDecisionResourceGenerator = Static<typeof ClusterDecisionResourceGenerator>;

export const ScmProviderFilter = Type.Object({
  branchMatch: Type.Optional(Type.String()),
  labelMatch: Type.Optional(Type.String()),
  pathsDoNotExist: Type.Optional(Type.Array(Type.String())),
  pathsExist: Type.Optional(Type.Array(Type.String())),
  repositoryMatch: Type.Optional(Type.String()),
});
export type ScmProviderFilter = Static<typeof ScmProviderFilter>;

export const ScmProviderGenerator = Type.Object({
  awsCodeCommit: Type.Optional(
    Type.Object({
      allBranches: Type.Optional(Type.Boolean()),
      region: Type.Optional(Type.String()),
      role: Type.Optional(Type.String()),
      tagFilters: Type.Optional(
        Type.Array(
          Type.Object({
            key: Type.String(),
            value: Type.Optional(Type.String()),
          }),
        ),
      ),
    }),
  ),
  azureDevOps: Type.Optional(
    Type.Object({
      accessTokenRef: SecretRef,
      allBranches: Type.Optional(Type.Boolean()),
      api: Type.Optional(Type.String()),
      organization: Type.String(),
      teamProject: Type.String(),
    }),
  ),
  bitbucket: Type.Optional(
    Type.Object({
      allBranches: Type.Optional(Type.Boolean()),
      appPasswordRef: SecretRef,
      owner: Type.String(),
      user: Type.String(),
    }),
  ),
  bitbucketServer: Type.Optional(
    Type.Object({
      allBranches: Type.Optional(Type.Boolean()),
      api: Type.String(),
      basicAuth: Type.Optional(BasicAuth),
      bearerToken: Type.Optional(BearerToken),
      caRef: Type.Optional(ConfigMapKeyRef),
      insecure: Type.Optional(Type.Boolean()),
      project: Type.String(),
    }),
  ),
  cloneProtocol: Type.Optional(Type.String()),
  filters: Type.Optional(Type.Array(ScmProviderFilter)),
  gitea: Type.Optional(
    Type.Object({
      allBranches: Type.Optional(Type.Boolean()),
      api: Type.String(),
      excludeArchivedRepos: Type.Optional(Type.Boolean()),
      insecure: Type.Optional(Type.Boolean()),
      owner: Type.String(),
      tokenRef: Type.Optional(SecretRef),
    }),
  ),
  github: Type.Optional(
    Type.Object({
      allBranches: Type.Optional(Type.Boolean()),
      api: Type.Optional(Type.String()),
      appSecretName: Type.Optional(Type.String()),
      excludeArchivedRepos: Type.Optional(Type.Boolean()),
      organization: Type.String(),
      tokenRef: Type.Optional(SecretRef),
    }),
  ),
  gitlab: Type.Optional(
    Type.Object({
      allBranches: Type.Optional(Type.Boolean()),
      api: Type.Optional(Type.String()),
      caRef: Type.Optional(ConfigMapKeyRef),
      group: Type.String(),
      includeArchivedRepos: Type.Optional(Type.Boolean()),
      includeSharedProjects: Type.Optional(Type.Boolean()),
      includeSubgroups: Type.Optional(Type.Boolean()),
      insecure: Type.Optional(Type.Boolean()),
      tokenRef: Type.Optional(SecretRef),
      topic: Type.Optional(Type.String()),
    }),
  ),
  requeueAfterSeconds: Type.Optional(Type.Integer({ format: 'int64' })),
  template: Type.Optional(ApplicationSetTemplate),
  values: Type.Optional(mapOf(Type.String())),
});
export type ScmProviderGenerator = Static<typeof ScmProviderGenerator>;

export const PullRequestFilter = Type.Object({
  branchMatch: Type.Optional(Type.String()),
  targetBranchMatch: Type.Optional(Type.String()),
  titleMatch: Type.Optional(Type.String()),
});
export type PullRequestFilter = Static<typeof PullRequestFilter>;

export const PullRequestGenerator = Type.Object({
  azuredevops: Type.Optional(
    Type.Object({
      api: Type.Optional(Type.String()),
      labels: Type.Optional(Type.Array(Type.String())),
      organization: Type.String(),
      project: Type.String(),
      repo: Type.String(),
      tokenRef: Type.Optional(SecretRef),
    }),
  ),
  bitbucket: Type.Optional(
    Type.Object({
      api: Type.Optional(Type.String()),
      basicAuth: Type.Optional(BasicAuth),
      bearerToken: Type.Optional(BearerToken),
      owner: Type.String(),
      repo: Type.String(),
    }),
  ),
  bitbucketServer: Type.Optional(
    Type.Object({
      api: Type.String(),
      basicAuth: Type.Optional(BasicAuth),
      bearerToken: Type.Optional(BearerToken),
      caRef: Type.Optional(ConfigMapKeyRef),
      insecure: Type.Optional(Type.Boolean()),
      project: Type.String(),
      repo: Type.String(),
    }),
  ),
  continueOnRepoNotFoundError: Type.Optional(Type.Boolean()),
  filters: Type.Optional(Type.Array(PullRequestFilter)),
  gitea: Type.Optional(
    Type.Object({
      api: Type.String(),
      insecure: Type.Optional(Type.Boolean()),
      labels: Type.Optional(Type.Array(Type.String())),
      owner: Type.String(),
      repo: Type.String(),
      tokenRef: Type.Optional(SecretRef),
    }),
  ),
  github: Type.Optional(
    Type.Object({
      api: Type.Optional(Type.String()),
      appSecretName: Type.Optional(Type.String()),
      labels: Type.Optional(Type.Array(Type.String())),
      owner: Type.String(),
      repo: Type.String(),
      tokenRef: Type.Optional(SecretRef),
    }),
  ),
  gitlab: Type.Optional(
    Type.Object({
      api: Type.Optional(Type.String()),
      caRef: Type.Optional(ConfigMapKeyRef),
      insecure: Type.Optional(Type.Boolean()),
      labels: Type.Optional(Type.Array(Type.String())),
      project: Type.String(),
      pullRequestState: Type.Optional(Type.String()),
      tokenRef: Type.Optional(SecretRef),
    }),
  ),
  requeueAfterSeconds: Type.Optional(Type.Integer({ format: 'int64' })),
  template: Type.Optional(ApplicationSetTemplate),
  values: Type.Optional(mapOf(Type.String())),
});
export type PullRequestGenerator = Static<typeof PullRequestGenerator>;

export const PluginGenerator = Type.Object({
  configMapRef: Type.Object({
    name: Type.String(),
  }),
  input: Type.Optional(
    Type.Object({
      parameters: Type.Optional(mapOf(Type.Unsafe<unknown>({ 'x-kubernetes-preserve-unknown-fields': true }))),
    }),
  ),
  requeueAfterSeconds: Type.Optional(Type.Integer({ format: 'int64' })),
  template: Type.Optional(ApplicationSetTemplate),
  values: Type.Optional(mapOf(Type.String())),
});
export type PluginGenerator = Static<typeof PluginGenerator>;

export const NestedGenerator = Type.Object({
  clusterDecisionResource: Type.Optional(ClusterDecisionResourceGenerator),
  clusters: Type.Optional(ClustersGenerator),
  git: Type.Optional(GitGenerator),
  list: Type.Optional(ListGenerator),
  matrix: Type.Optional(Type.Unsafe<unknown>({ 'x-kubernetes-preserve-unknown-fields': true })),
  merge: Type.Optional(Type.Unsafe<unknown>({ 'x-kubernetes-preserve-unknown-fields': true })),
  plugin: Type.Optional(PluginGenerator),
  pullRequest: Type.Optional(PullRequestGenerator),
  scmProvider: Type.Optional(ScmProviderGenerator),
  selector: Type.Optional(LabelSelector),
});
export type NestedGenerator = Static<typeof NestedGenerator>;

export const ApplicationSetGenerator = Type.Object({
  clusterDecisionResource: Type.Optional(ClusterDecisionResourceGenerator),
  clusters: Type.Optional(ClustersGenerator),
  git: Type.Optional(GitGenerator),
  list: Type.Optional(ListGenerator),
  matrix: Type.Optional(
    Type.Object({
      generators: Type.Array(NestedGenerator),
      template: Type.Optional(ApplicationSetTemplate),
    }),
  ),
  merge: Type.Optional(
    Type.Object({
      generators: Type.Array(NestedGenerator),
      mergeKeys: Type.Array(Type.String()),
      template: Type.Optional(ApplicationSetTemplate),
    }),
  ),
  plugin: Type.Optional(PluginGenerator),
  pullRequest: Type.Optional(PullRequestGenerator),
  scmProvider: Type.Optional(ScmProviderGenerator),
  selector: Type.Optional(LabelSelector),
});
export type ApplicationSetGenerator = Static<typeof ApplicationSetGenerator>;
