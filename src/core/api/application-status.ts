import Type from 'typebox';
import type { Static } from 'typebox';
import { ApplicationSource, SourceHydrator } from './application-source.ts';
import { ApplicationDestination, ManagedNamespaceMetadata, ResourceIgnoreDifferences } from './application-spec.ts';
import { Operation, OperationInitiator } from './operation.ts';

export const HealthStatus = Type.Object({
  lastTransitionTime: Type.Optional(Type.String({ format: 'date-time' })),
  message: Type.Optional(Type.String()),
  status: Type.Optional(Type.String()),
});
export type HealthStatus = Static<typeof HealthStatus>;

export const ResourceStatus = Type.Object({
  group: Type.Optional(Type.String()),
  health: Type.Optional(HealthStatus),
  hook: Type.Optional(Type.Boolean()),
  kind: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  namespace: Type.Optional(Type.String()),
  requiresDeletionConfirmation: Type.Optional(Type.Boolean()),
  requiresPruning: Type.Optional(Type.Boolean()),
  status: Type.Optional(Type.String()),
  syncWave: Type.Optional(Type.Integer({ format: 'int64' })),
  version: Type.Optional(Type.String()),
});
export type ResourceStatus = Static<typeof ResourceStatus>;

export const RevisionHistory = Type.Object({
  deployStartedAt: Type.Optional(Type.String({ format: 'date-time' })),
  deployedAt: Type.String({ format: 'date-time' }),
  id: Type.Integer({ format: 'int64' }),
  initiatedBy: Type.Optional(OperationInitiator),
  revision: Type.Optional(Type.String()),
  revisions: Type.Optional(Type.Array(Type.String())),
  source: Type.Optional(ApplicationSource),
  sources: Type.Optional(Type.Array(ApplicationSource)),
});
export type RevisionHistory = Static<typeof RevisionHistory>;

export const ApplicationCondition = Type.Object({
  lastTransitionTime: Type.Optional(Type.String({ format: 'date-time' })),
  message: Type.String(),
  type: Type.String(),
});
export type ApplicationCondition = Static<typeof ApplicationCondition>;

export const ApplicationSummary = Type.Object({
  externalURLs: Type.Optional(Type.Array(Type.String())),
  images: Type.Optional(Type.Array(Type.String())),
  isAppOfApps: Type.Optional(Type.Boolean()),
});
export type ApplicationSummary = Static<typeof ApplicationSummary>;

export const SyncStatus = Type.Object({
  comparedTo: Type.Optional(
    Type.Object({
      destination: ApplicationDestination,
      ignoreDifferences: Type.Optional(Type.Array(ResourceIgnoreDifferences)),
      source: Type.Optional(ApplicationSource),
      sources: Type.Optional(Type.Array(ApplicationSource)),
    }),
  ),
  revision: Type.Optional(Type.String()),
  revisions: Type.Optional(Type.Array(Type.String())),
  status: Type.String(),
});
export type SyncStatus = Static<typeof SyncStatus>;

export const ResourceResult = Type.Object({
  group: Type.String(),
  hookPhase: Type.Optional(Type.String()),
  hookType: Type.Optional(Type.String()),
  images: Type.Optional(Type.Array(Type.String())),
  kind: Type.String(),
  message: Type.Optional(Type.String()),
  name: Type.String(),
  namespace: Type.String(),
  status: Type.Optional(Type.String()),
  syncPhase: Type.Optional(Type.String()),
  version: Type.String(),
});
export type ResourceResult = Static<typeof ResourceResult>;

export const SyncOperationResult = Type.Object({
  managedNamespaceMetadata: Type.Optional(ManagedNamespaceMetadata),
  resources: Type.Optional(Type.Array(ResourceResult)),
  revision: Type.String(),
  revisions: Type.Optional(Type.Array(Type.String())),
  source: Type.Optional(ApplicationSource),
  sources: Type.Optional(Type.Array(ApplicationSource)),
});
export type SyncOperationResult = Static<typeof SyncOperationResult>;

export const OperationState = Type.Object({
  finishedAt: Type.Optional(Type.String({ format: 'date-time' })),
  message: Type.Optional(Type.String()),
  operation: Operation,
  phase: Type.String(),
  retryCount: Type.Optional(Type.Integer({ format: 'int64' })),
  startedAt: Type.String({ format: 'date-time' }),
  syncResult: Type.Optional(SyncOperationResult),
});
export type OperationState = Static<typeof OperationState>;

export const SourceHydratorStatus = Type.Object({
  currentOperation: Type.Optional(
    Type.Object({
      drySHA: Type.Optional(Type.String()),
      finishedAt: Type.Optional(Type.String({ format: 'date-time' })),
      hydratedSHA: Type.Optional(Type.String()),
      message: Type.String(),
      phase: Type.String({ enum: ['Hydrating', 'Failed', 'Hydrated'] }),
      sourceHydrator: Type.Optional(SourceHydrator),
      startedAt: Type.Optional(Type.String({ format: 'date-time' })),
    }),
  ),
  lastComparedDryRevision: Type.Optional(Type.String()),
  lastSuccessfulOperation: Type.Optional(
    Type.Object({
      drySHA: Type.Optional(Type.String()),
      hydratedSHA: Type.Optional(Type.String()),
      sourceHydrator: Type.Optional(SourceHydrator),
    }),
  ),
});
export type SourceHydratorStatus = Static<typeof SourceHydratorStatus>;

export const ApplicationStatus = Type.Object({
  conditions: Type.Optional(Type.Array(ApplicationCondition)),
  controllerNamespace: Type.Optional(Type.String()),
  health: Type.Optional(HealthStatus),
  history: Type.Optional(Type.Array(RevisionHistory)),
  observedAt: Type.Optional(Type.String({ format: 'date-time' })),
  operationState: Type.Optional(OperationState),
  reconciledAt: Type.Optional(Type.String({ format: 'date-time' })),
  resourceHealthSource: Type.Optional(Type.String()),
  resources: Type.Optional(Type.Array(ResourceStatus)),
  sourceHydrator: Type.Optional(SourceHydratorStatus),
  sourceType: Type.Optional(Type.String()),
  sourceTypes: Type.Optional(Type.Array(Type.String())),
  summary: Type.Optional(ApplicationSummary),
  sync: Type.Optional(SyncStatus),
});
export type ApplicationStatus = Static<typeof ApplicationStatus>;
