import Type from 'typebox';
import type { Static } from 'typebox';

/**
 * How to reach a repository, with secrets in the clear (`toWire` and `fromWire` of `#services/credentials`): it goes over
 * in-process and authenticated transports only, and is never logged.
 */
export const WireRepositoryAccess = Type.Object(
  {
    fields: Type.Record(Type.String(), Type.Union([Type.String(), Type.Boolean()])),
    secrets: Type.Record(Type.String(), Type.String()),
    githubApp: Type.Optional(
      Type.Object({
        appId: Type.String(),
        installationId: Type.Optional(Type.String()),
        apiBaseUrl: Type.Optional(Type.String()),
        privateKey: Type.String(),
      }),
    ),
  },
  { additionalProperties: false },
);
export type WireRepositoryAccess = Static<typeof WireRepositoryAccess>;
