import Type from 'typebox';
import type { Static } from 'typebox';
import type { ObjectMeta } from '#libs/kube';
import { ApplicationDestination } from './application-spec.ts';
import { mapOf } from './schema-builders.ts';

export const GroupKindName = Type.Object({
  group: Type.String(),
  kind: Type.String(),
  name: Type.Optional(Type.String()),
});
export type GroupKindName = Static<typeof GroupKindName>;

export const ProjectGroupKind = Type.Object({
  group: Type.String(),
  kind: Type.String(),
});
export type ProjectGroupKind = Static<typeof ProjectGroupKind>;

export const JwtToken = Type.Object({
  exp: Type.Optional(Type.Integer({ format: 'int64' })),
  iat: Type.Integer({ format: 'int64' }),
  id: Type.Optional(Type.String()),
});
export type JwtToken = Static<typeof JwtToken>;

export const ProjectRole = Type.Object({
  description: Type.Optional(Type.String()),
  groups: Type.Optional(Type.Array(Type.String())),
  jwtTokens: Type.Optional(Type.Array(JwtToken)),
  name: Type.String(),
  policies: Type.Optional(Type.Array(Type.String())),
});
export type ProjectRole = Static<typeof ProjectRole>;

export const SyncWindow = Type.Object({
  andOperator: Type.Optional(Type.Boolean()),
  applications: Type.Optional(Type.Array(Type.String())),
  clusters: Type.Optional(Type.Array(Type.String())),
  description: Type.Optional(Type.String()),
  duration: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  manualSync: Type.Optional(Type.Boolean()),
  namespaces: Type.Optional(Type.Array(Type.String())),
  schedule: Type.Optional(Type.String()),
  syncOverrun: Type.Optional(Type.Boolean()),
  timeZone: Type.Optional(Type.String()),
});
export type SyncWindow = Static<typeof SyncWindow>;

export const OrphanedResources = Type.Object({
  ignore: Type.Optional(
    Type.Array(
      Type.Object({
        group: Type.Optional(Type.String()),
        kind: Type.Optional(Type.String()),
        name: Type.Optional(Type.String()),
      }),
    ),
  ),
  warn: Type.Optional(Type.Boolean()),
});
export type OrphanedResources = Static<typeof OrphanedResources>;

export const DestinationServiceAccount = Type.Object({
  defaultServiceAccount: Type.String(),
  namespace: Type.Optional(Type.String()),
  server: Type.String(),
});
export type DestinationServiceAccount = Static<typeof DestinationServiceAccount>;

export const AppProjectSpec = Type.Object({
  clusterResourceBlacklist: Type.Optional(Type.Array(GroupKindName)),
  clusterResourceWhitelist: Type.Optional(Type.Array(GroupKindName)),
  description: Type.Optional(Type.String({ maxLength: 255 })),
  destinationServiceAccounts: Type.Optional(Type.Array(DestinationServiceAccount)),
  destinations: Type.Optional(Type.Array(ApplicationDestination)),
  namespaceResourceBlacklist: Type.Optional(Type.Array(ProjectGroupKind)),
  namespaceResourceWhitelist: Type.Optional(Type.Array(ProjectGroupKind)),
  orphanedResources: Type.Optional(OrphanedResources),
  permitOnlyProjectScopedClusters: Type.Optional(Type.Boolean()),
  roles: Type.Optional(Type.Array(ProjectRole)),
  signatureKeys: Type.Optional(
    Type.Array(
      Type.Object({
        keyID: Type.String(),
      }),
    ),
  ),
  sourceIntegrity: Type.Optional(
    Type.Object({
      git: Type.Object({
        policies: Type.Array(
          Type.Object({
            gpg: Type.Object({
              keys: Type.Array(Type.String()),
              mode: Type.String(),
            }),
            repos: Type.Array(
              Type.Object({
                url: Type.String(),
              }),
            ),
          }),
        ),
      }),
    }),
  ),
  sourceNamespaces: Type.Optional(Type.Array(Type.String())),
  sourceRepos: Type.Optional(Type.Array(Type.String())),
  syncWindows: Type.Optional(Type.Array(SyncWindow)),
});
export type AppProjectSpec = Static<typeof AppProjectSpec>;

export const AppProjectStatus = Type.Object({
  jwtTokensByRole: Type.Optional(
    mapOf(
      Type.Object({
        items: Type.Optional(Type.Array(JwtToken)),
      }),
    ),
  ),
});
export type AppProjectStatus = Static<typeof AppProjectStatus>;

/** A project: which sources, destinations and kinds its applications may use (`compatibility.md` b). */
export const AppProject = Type.Object({
  apiVersion: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  metadata: Type.Unsafe<ObjectMeta>({ type: 'object' }),
  spec: AppProjectSpec,
  status: Type.Optional(AppProjectStatus),
});
export type AppProject = Static<typeof AppProject>;
