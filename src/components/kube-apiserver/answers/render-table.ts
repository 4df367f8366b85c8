import type { KubeObject } from '#libs/kube';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Entry } from '../storage/entry.ts';
import { partialOf } from './render-object.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  readonly resource: ServedResource;
  readonly includeObject: IncludeObject;
  readonly now: number;
}

export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly columnDefinitions: readonly unknown[] | null;
  readonly rows: readonly unknown[];
}

/** Rows of what was read, with the kind's columns. A watch sends the columns only with its first event. */
export function renderTable(
  entries: readonly Entry[],
  metadata: Readonly<Record<string, unknown>>,
  { resource, includeObject, now }: TableOptions,
): Table {
  const rows = entries.map(({ object }) => ({
    cells: resource.printRow(object, now),
    object: includeObject === 'None' ? null : shownObject(resource, object, includeObject),
  }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: resource.columns, rows };
}

function shownObject(resource: ServedResource, object: KubeObject, includeObject: IncludeObject): unknown {
  const versioned = resource.fromStorage(object);
  return includeObject === 'Object' ? versioned : partialOf(versioned);
}
