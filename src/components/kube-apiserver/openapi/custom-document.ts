import { isRecord } from '#base/json';
import type { ServedResource } from '../registry/served-resource.ts';

const metaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const listMetaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';
const apiVersionText =
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources';
const kindText =
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';
const metadataText =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/** The OpenAPI v3 document of one group version of custom resources. */
export function customDocument(resources: readonly ServedResource[]): unknown {
  const schemas: Record<string, unknown> = {
    [metaName]: { type: 'object', description: metadataText },
    [listMetaName]: { type: 'object' },
  };
  const paths: Record<string, unknown> = {};
  for (const resource of resources) {
    const name = componentName(resource);
    schemas[name] = kindSchema(resource);
    schemas[`${name}List`] = listSchema(resource, name);
    Object.assign(paths, pathsOf(resource, name));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths,
    components: { schemas },
  };
}

/** Reversed group, version, kind, as published names of custom resources are built. */
function componentName({ group, version, kind }: ServedResource): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

function gvk({ group, version, kind }: ServedResource): Record<string, string> {
  return { group, kind, version };
}

function kindSchema(resource: ServedResource): unknown {
  const declared = resource.custom?.openApiSchema;
  const schema = isRecord(declared) ? declared : {};
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  return {
    ...schema,
    type: 'object',
    properties: {
      ...properties,
      apiVersion: { description: apiVersionText, type: 'string' },
      kind: { description: kindText, type: 'string' },
      metadata: { description: metadataText, allOf: [{ $ref: `#/components/schemas/${metaName}` }] },
    },
    'x-kubernetes-group-version-kind': [gvk(resource)],
  };
}

function listSchema(resource: ServedResource, name: string): unknown {
  return {
    description: `${resource.listKind} is a list of ${resource.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { description: apiVersionText, type: 'string' },
      items: {
        description: `List of ${resource.resource}.`,
        type: 'array',
        items: { $ref: `#/components/schemas/${name}` },
      },
      kind: { description: kindText, type: 'string' },
      metadata: { allOf: [{ $ref: `#/components/schemas/${listMetaName}` }] },
    },
    'x-kubernetes-group-version-kind': [{ ...gvk(resource), kind: resource.listKind }],
  };
}

function pathsOf(resource: ServedResource, name: string): Record<string, unknown> {
  const root = `/apis/${resource.apiVersion}`;
  const base = resource.namespaced
    ? `${root}/namespaces/{namespace}/${resource.resource}`
    : `${root}/${resource.resource}`;
  const content = (schema: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } });
  const operation = (action: string, schema: string) => ({
    responses: { 200: { description: 'OK', content: content(schema) } },
    // By this parameter kubectl knows that the server validates fields.
    ...(action === 'list' || action === 'get' || action === 'delete'
      ? {}
      : { parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } }] }),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk(resource),
  });
  return {
    [base]: {
      get: operation('list', `${name}List`),
      post: { ...operation('post', name), requestBody: { content: content(name) } },
    },
    [`${base}/{name}`]: {
      get: operation('get', name),
      put: { ...operation('put', name), requestBody: { content: content(name) } },
      patch: operation('patch', name),
      delete: operation('delete', name),
    },
  };
}
