import { isRecord } from '#base/json';
import type { GroupVersionKind } from '../objects.ts';
import type { ReferenceResolver } from './build-schema.ts';
import { buildSchema } from './build-schema.ts';
import { compiledTypes } from './generated/compiled-types.ts';
import { objectMetaSchema } from './object-meta-schema.ts';
import type { Schema } from './schema.ts';

type Components = Readonly<Record<string, unknown>>;

const referencePrefix = '#/components/schemas/';
const quantityType = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** The schema of one kind in a server's `/openapi/v3/<group version>` document; undefined when it is not there. */
export function schemaFromOpenApi(document: unknown, gvk: GroupVersionKind): Schema | undefined {
  const components = componentsOf(document);
  const name = Object.keys(components).find((candidate) => declaresKind(components[candidate], gvk));
  return name === undefined ? undefined : rootSchema(components, name, gvk);
}

/** The schemas of all kinds of one group version in such a document, by kind. */
export function schemasFromOpenApi(document: unknown, group: string, version: string): ReadonlyMap<string, Schema> {
  const components = componentsOf(document);
  const resolver = new ComponentResolver(components);
  const schemas = new Map<string, Schema>();
  for (const name of Object.keys(components)) {
    for (const kind of kindsOf(components[name])) {
      if (kind.group !== group || kind.version !== version) continue;
      schemas.set(kind.kind, withRootFacts(resolver.build(name), name, { group, version, kind: kind.kind }));
    }
  }
  return schemas;
}

function rootSchema(components: Components, name: string, gvk: GroupVersionKind): Schema {
  return withRootFacts(new ComponentResolver(components).build(name), name, gvk);
}

function withRootFacts(schema: Schema, name: string, gvk: GroupVersionKind): Schema {
  const compiled = !isCustomResource(name, gvk);
  if (compiled || schema.properties === undefined) return { ...schema, compiled };
  const properties = Object.assign(Object.create(null) as Record<string, Schema>, schema.properties, {
    metadata: objectMetaSchema,
  });
  return { ...schema, properties, compiled };
}

/** Custom resources are published under their reversed group, compiled types under their Go package. */
function isCustomResource(name: string, { group, version, kind }: GroupVersionKind): boolean {
  return name === [...group.split('.').reverse(), version, kind].join('.');
}

function componentsOf(document: unknown): Components {
  const components = isRecord(document) ? document['components'] : undefined;
  const schemas = isRecord(components) ? components['schemas'] : undefined;
  return isRecord(schemas) ? schemas : {};
}

function kindsOf(component: unknown): readonly GroupVersionKind[] {
  const kinds = isRecord(component) ? component['x-kubernetes-group-version-kind'] : undefined;
  return Array.isArray(kinds) ? (kinds as GroupVersionKind[]) : [];
}

function declaresKind(component: unknown, { group, version, kind }: GroupVersionKind): boolean {
  return kindsOf(component).some((one) => one.group === group && one.version === version && one.kind === kind);
}

function compiledFacts(name: string): Pick<Schema, 'omitsZero' | 'alwaysWrites'> {
  const [omitted, always] = compiledTypes[name.replace(/^io\.k8s\./, '')] ?? [];
  return {
    ...(omitted === undefined || omitted === '' ? {} : { omitsZero: new Set(omitted.split(' ')) }),
    ...(always === undefined ? {} : { alwaysWrites: always }),
  };
}

/** Builds each component once, so that a type that holds itself becomes a cycle of nodes. */
class ComponentResolver implements ReferenceResolver {
  readonly #components: Components;
  readonly #nodes = new Map<string, Schema>();
  #deferred: (() => void)[] = [];

  constructor(components: Components) {
    this.#components = components;
  }

  build(name: string): Schema {
    const node = this.resolve(referencePrefix + name);
    // Running a deferred copy may build components that defer more; those stand behind it in the queue.
    for (let i = 0; i < this.#deferred.length; i++) this.#deferred[i]?.();
    this.#deferred = [];
    return node;
  }

  resolve(reference: string): Schema {
    const name = reference.slice(referencePrefix.length);
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const node: Schema = {
      typeName: name,
      ...(name === quantityType ? { quantity: true } : {}),
      ...compiledFacts(name),
    };
    this.#nodes.set(name, node);
    const component = this.#components[name];
    return isRecord(component) ? buildSchema(component, this, node) : node;
  }

  later(run: () => void): void {
    this.#deferred.push(run);
  }
}
