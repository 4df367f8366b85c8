import Type from 'typebox';
import type { Static } from 'typebox';
import type { ObjectMeta } from '#libs/kube';
import { ApplicationSetGenerator, ApplicationSetTemplate } from './application-set-generator.ts';
import { HealthStatus, ResourceStatus } from './application-status.ts';
import { intOrString } from './schema-builders.ts';

export const ApplicationSetSpec = Type.Object({
  applyNestedSelectors: Type.Optional(Type.Boolean()),
  generators: Type.Array(ApplicationSetGenerator),
  goTemplate: Type.Optional(Type.Boolean()),
  goTemplateOptions: Type.Optional(Type.Array(Type.String())),
  ignoreApplicationDifferences: Type.Optional(
    Type.Array(
      Type.Object({
        jqPathExpressions: Type.Optional(Type.Array(Type.String())),
        jsonPointers: Type.Optional(Type.Array(Type.String())),
        name: Type.Optional(Type.String()),
      }),
    ),
  ),
  preservedFields: Type.Optional(
    Type.Object({
      annotations: Type.Optional(Type.Array(Type.String())),
      labels: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  strategy: Type.Optional(
    Type.Object({
      deletionOrder: Type.Optional(Type.String()),
      rollingSync: Type.Optional(
        Type.Object({
          steps: Type.Optional(
            Type.Array(
              Type.Object({
                matchExpressions: Type.Optional(
                  Type.Array(
                    Type.Object({
                      key: Type.Optional(Type.String()),
                      operator: Type.Optional(Type.String()),
                      values: Type.Optional(Type.Array(Type.String())),
                    }),
                  ),
                ),
                maxUpdate: Type.Optional(intOrString()),
              }),
            ),
          ),
        }),
      ),
      type: Type.Optional(Type.String()),
    }),
  ),
  syncPolicy: Type.Optional(
    Type.Object({
      applicationsSync: Type.Optional(Type.String({ enum: ['create-only', 'create-update', 'create-delete', 'sync'] })),
      preserveResourcesOnDeletion: Type.Optional(Type.Boolean()),
    }),
  ),
  template: ApplicationSetTemplate,
  templatePatch: Type.Optional(Type.String()),
});
export type ApplicationSetSpec = Static<typeof ApplicationSetSpec>;

export const ApplicationSetStatus = Type.Object({
  applicationStatus: Type.Optional(
    Type.Array(
      Type.Object({
        application: Type.String(),
        lastTransitionTime: Type.Optional(Type.String({ format: 'date-time' })),
        message: Type.String(),
        status: Type.String(),
        step: Type.String(),
        targetRevisions: Type.Array(Type.String()),
      }),
    ),
  ),
  conditions: Type.Optional(
    Type.Array(
      Type.Object({
        lastTransitionTime: Type.Optional(Type.String({ format: 'date-time' })),
        message: Type.String(),
        reason: Type.String(),
        status: Type.String(),
        type: Type.String(),
      }),
    ),
  ),
  health: Type.Optional(HealthStatus),
  resources: Type.Optional(Type.Array(ResourceStatus)),
  resourcesCount: Type.Optional(Type.Integer({ format: 'int64' })),
});
export type ApplicationSetStatus = Static<typeof ApplicationSetStatus>;

/** A set of generated applications (`compatibility.md` c). */
export const ApplicationSet = Type.Object({
  apiVersion: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  metadata: Type.Unsafe<ObjectMeta>({ type: 'object' }),
  spec: ApplicationSetSpec,
  status: Type.Optional(ApplicationSetStatus),
});
export type ApplicationSet = Static<typeof ApplicationSet>;
