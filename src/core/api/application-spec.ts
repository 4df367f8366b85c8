import Type from 'typebox';
import type { Static } from 'typebox';
import { ApplicationSource, NameValue, SourceHydrator } from './application-source.ts';
import { mapOf } from './schema-builders.ts';

export const ApplicationDestination = Type.Object({
  name: Type.Optional(Type.String()),
  namespace: Type.Optional(Type.String()),
  server: Type.Optional(Type.String()),
});
export type ApplicationDestination = Static<typeof ApplicationDestination>;

export const ResourceIgnoreDifferences = Type.Object({
  group: Type.Optional(Type.String()),
  jqPathExpressions: Type.Optional(Type.Array(Type.String())),
  jsonPointers: Type.Optional(Type.Array(Type.String())),
  kind: Type.String(),
  managedFieldsManagers: Type.Optional(Type.Array(Type.String())),
  name: Type.Optional(Type.String()),
  namespace: Type.Optional(Type.String()),
});
export type ResourceIgnoreDifferences = Static<typeof ResourceIgnoreDifferences>;

export const Backoff = Type.Object({
  duration: Type.Optional(Type.String()),
  factor: Type.Optional(Type.Integer({ format: 'int64' })),
  maxDuration: Type.Optional(Type.String()),
});
export type Backoff = Static<typeof Backoff>;

export const RetryStrategy = Type.Object({
  backoff: Type.Optional(Backoff),
  limit: Type.Optional(Type.Integer({ format: 'int64' })),
  refresh: Type.Optional(Type.Boolean()),
});
export type RetryStrategy = Static<typeof RetryStrategy>;

export const SyncPolicyAutomated = Type.Object({
  allowEmpty: Type.Optional(Type.Boolean()),
  enabled: Type.Optional(Type.Boolean()),
  prune: Type.Optional(Type.Boolean()),
  selfHeal: Type.Optional(Type.Boolean()),
});
export type SyncPolicyAutomated = Static<typeof SyncPolicyAutomated>;

export const ManagedNamespaceMetadata = Type.Object({
  annotations: Type.Optional(mapOf(Type.String())),
  labels: Type.Optional(mapOf(Type.String())),
});
export type ManagedNamespaceMetadata = Static<typeof ManagedNamespaceMetadata>;

export const SyncPolicy = Type.Object({
  automated: Type.Optional(SyncPolicyAutomated),
  managedNamespaceMetadata: Type.Optional(ManagedNamespaceMetadata),
  retry: Type.Optional(RetryStrategy),
  syncOptions: Type.Optional(Type.Array(Type.String())),
});
export type SyncPolicy = Static<typeof SyncPolicy>;

export const ApplicationSpec = Type.Object({
  destination: ApplicationDestination,
  ignoreDifferences: Type.Optional(Type.Array(ResourceIgnoreDifferences)),
  info: Type.Optional(Type.Array(NameValue)),
  project: Type.String(),
  revisionHistoryLimit: Type.Optional(Type.Integer({ format: 'int64' })),
  source: Type.Optional(ApplicationSource),
  sourceHydrator: Type.Optional(SourceHydrator),
  sources: Type.Optional(Type.Array(ApplicationSource)),
  syncPolicy: Type.Optional(SyncPolicy),
});
export type ApplicationSpec = Static<typeof ApplicationSpec>;
