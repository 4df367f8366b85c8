import type { TSchema } from 'typebox';
import type { KubeObject } from '#libs/kube';
import { AppProject } from './app-project.ts';
import { Application } from './application.ts';
import { ApplicationSet } from './application-set.ts';

export const argoGroup = 'argoproj.io';
export const argoApiVersion = 'argoproj.io/v1alpha1';

interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

interface KindDefinition {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly schema: TSchema;
  readonly columns?: readonly PrinterColumn[];
  readonly subresources?: Record<string, unknown>;
}

const kinds: readonly KindDefinition[] = [
  {
    kind: 'Application',
    plural: 'applications',
    shortNames: ['app', 'apps'],
    schema: Application,
    columns: [
      { name: 'Sync Status', type: 'string', jsonPath: '.status.sync.status' },
      { name: 'Health Status', type: 'string', jsonPath: '.status.health.status' },
      { name: 'Revision', type: 'string', jsonPath: '.status.sync.revision', priority: 10 },
      { name: 'Project', type: 'string', jsonPath: '.spec.project', priority: 10 },
    ],
    subresources: {},
  },
  { kind: 'AppProject', plural: 'appprojects', shortNames: ['appproj', 'appprojs'], schema: AppProject },
  {
    kind: 'ApplicationSet',
    plural: 'applicationsets',
    shortNames: ['appset', 'appsets'],
    schema: ApplicationSet,
    subresources: { status: {} },
  },
];

/** The CustomResourceDefinitions of Argo CD's kinds, generated from the TypeBox schemas that also give the TypeScript types. */
export function buildCrds(): KubeObject[] {
  return kinds.map(buildCrd);
}

function buildCrd({ kind, plural, shortNames, schema, columns, subresources }: KindDefinition): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${argoGroup}`,
      labels: { 'app.kubernetes.io/name': `${plural}.${argoGroup}`, 'app.kubernetes.io/part-of': 'argocd' },
    },
    spec: {
      group: argoGroup,
      names: { kind, listKind: `${kind}List`, plural, shortNames, singular: kind.toLowerCase() },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: JSON.parse(JSON.stringify(schema)) as unknown },
          ...(columns ? { additionalPrinterColumns: columns } : {}),
          ...(subresources ? { subresources } : {}),
        },
      ],
    },
  };
}
