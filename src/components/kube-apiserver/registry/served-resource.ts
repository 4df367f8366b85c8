import type { GroupVersionKind, KubeObject, ResourceType } from '#libs/kube';
import type { TableColumn } from '../resources/api-documents.ts';
import type { ObjectSchema } from '../schemas/object-schema.ts';
import type { Strategy } from './strategy.ts';

export interface ServedSubresource {
  readonly name: string;
  readonly kind: GroupVersionKind;
  readonly verbs: readonly string[];
}

/** One resource at one version, as the server serves it. */
export interface ServedResource extends ResourceType {
  readonly singular: string;
  readonly listKind: string;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly ServedSubresource[];
  /** Built-in kinds leave `kind` and `apiVersion` out of list items. */
  readonly builtin: boolean;
  readonly apiVersion: string;
  /** Versions of one kind share a collection; what is stored is of `storageApiVersion`. */
  readonly collection: string;
  readonly storageApiVersion: string;
  readonly strategy: Strategy;
  /** Made at first use: schemas are big and most kinds are never touched. */
  readonly schema: () => ObjectSchema;
  readonly columns: readonly TableColumn[];
  readonly selectableFields: readonly string[];
  /** From the stored version to this one and back; the same object when there is nothing to do. */
  readonly fromStorage: (object: KubeObject) => KubeObject;
  readonly toStorage: (object: KubeObject) => KubeObject;
  /** Cells of a Table row after the columns' definitions, or undefined for the default ones. */
  readonly printRow: (object: KubeObject, now: number) => readonly unknown[];
  readonly custom?: CustomResourceTraits;
}

/** What a custom resource's definition says beyond its schema. */
export interface CustomResourceTraits {
  readonly definition: string;
  /** As the definition gives it, for OpenAPI. */
  readonly openApiSchema: unknown;
  readonly scale?: {
    readonly specReplicasPath: string;
    readonly statusReplicasPath: string;
    readonly labelSelectorPath?: string;
  };
  readonly hasStatus: boolean;
}

export function gvkOfResource({ group, version, kind }: ResourceType): GroupVersionKind {
  return { group, version, kind };
}

export function storageKey(resource: ResourceType, namespace: string, name: string): string {
  return resource.namespaced ? `${namespace}/${name}` : name;
}
