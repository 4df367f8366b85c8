import Type from 'typebox';
import type { Static } from 'typebox';
import type { ObjectMeta } from '#libs/kube';
import { ApplicationSpec } from './application-spec.ts';
import { ApplicationStatus } from './application-status.ts';
import { Operation } from './operation.ts';

/** An Argo CD Application: `status` and `operation` are ordinary top-level fields, there is no status subresource (`compatibility.md` a). */
export const Application = Type.Object({
  apiVersion: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  metadata: Type.Unsafe<ObjectMeta>({ type: 'object' }),
  operation: Type.Optional(Operation),
  spec: ApplicationSpec,
  status: Type.Optional(ApplicationStatus),
});
export type Application = Static<typeof Application>;
