import Type from 'typebox';
import type { Static } from 'typebox';
import { ApplicationSource, NameValue } from './application-source.ts';
import { RetryStrategy } from './application-spec.ts';

export const SyncOperationResource = Type.Object({
  group: Type.Optional(Type.String()),
  kind: Type.String(),
  name: Type.String(),
  namespace: Type.Optional(Type.String()),
});
export type SyncOperationResource = Static<typeof SyncOperationResource>;

export const SyncStrategy = Type.Object({
  apply: Type.Optional(
    Type.Object({
      force: Type.Optional(Type.Boolean()),
    }),
  ),
  hook: Type.Optional(
    Type.Object({
      force: Type.Optional(Type.Boolean()),
    }),
  ),
});
export type SyncStrategy = Static<typeof SyncStrategy>;

export const OperationInitiator = Type.Object({
  automated: Type.Optional(Type.Boolean()),
  username: Type.Optional(Type.String()),
});
export type OperationInitiator = Static<typeof OperationInitiator>;

export const SyncOperation = Type.Object({
  autoHealAttemptsCount: Type.Optional(Type.Integer({ format: 'int64' })),
  dryRun: Type.Optional(Type.Boolean()),
  manifests: Type.Optional(Type.Array(Type.String())),
  prune: Type.Optional(Type.Boolean()),
  resources: Type.Optional(Type.Array(SyncOperationResource)),
  revision: Type.Optional(Type.String()),
  revisions: Type.Optional(Type.Array(Type.String())),
  source: Type.Optional(ApplicationSource),
  sources: Type.Optional(Type.Array(ApplicationSource)),
  syncOptions: Type.Optional(Type.Array(Type.String())),
  syncStrategy: Type.Optional(SyncStrategy),
});
export type SyncOperation = Static<typeof SyncOperation>;

export const Operation = Type.Object({
  info: Type.Optional(Type.Array(NameValue)),
  initiatedBy: Type.Optional(OperationInitiator),
  retry: Type.Optional(RetryStrategy),
  sync: Type.Optional(SyncOperation),
});
export type Operation = Static<typeof Operation>;
