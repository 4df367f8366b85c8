import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import type { Schema } from '#libs/kube/schema';
import { schemasFromOpenApi } from '#libs/kube/schema';

/** One resource as aggregated discovery describes it. */
export interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly {
    readonly subresource: string;
    readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
    readonly verbs: readonly string[];
  }[];
}

export interface DiscoveredGroup {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly resources: readonly DiscoveredResource[];
    readonly freshness?: string;
  }[];
}

export interface DiscoveryDocument {
  readonly version: Readonly<Record<string, string>>;
  readonly core: { readonly items: readonly DiscoveredGroup[] };
  readonly groups: { readonly items: readonly DiscoveredGroup[] };
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

interface OpenApiEntry {
  readonly url: string;
  readonly offset: number;
  readonly length: number;
}

/** The generated descriptions of the built-in kinds, read from disk when first asked for. */
export class ApiDocuments {
  #discovery: DiscoveryDocument | undefined;
  #columns: Readonly<Record<string, readonly TableColumn[]>> | undefined;
  #openApiV2: Buffer | undefined;
  #openApiV3: Buffer | undefined;
  #openApiIndex: Readonly<Record<string, OpenApiEntry>> | undefined;
  #schemas = new Map<string, ReadonlyMap<string, Schema>>();

  get discovery(): DiscoveryDocument {
    this.#discovery ??= readJson('discovery.json') as DiscoveryDocument;
    return this.#discovery;
  }

  /** Columns by "group/version/plural". */
  get columns(): Readonly<Record<string, readonly TableColumn[]>> {
    this.#columns ??= readJson('table-columns.json') as Record<string, TableColumn[]>;
    return this.#columns;
  }

  get openApiV2(): Buffer {
    this.#openApiV2 ??= brotliDecompressSync(readGenerated('openapi-v2.json.br'));
    return this.#openApiV2;
  }

  /** Paths ("apis/apps/v1") with the URL that carries the document's hash. */
  get openApiPaths(): Readonly<Record<string, OpenApiEntry>> {
    this.#openApiIndex ??= readJson('openapi-v3.index.json') as Record<string, OpenApiEntry>;
    return this.#openApiIndex;
  }

  openApiV3(path: string): Buffer | undefined {
    const entry = Object.hasOwn(this.openApiPaths, path) ? this.openApiPaths[path] : undefined;
    if (!entry) return undefined;
    this.#openApiV3 ??= brotliDecompressSync(readGenerated('openapi-v3.br'));
    return this.#openApiV3.subarray(entry.offset, entry.offset + entry.length);
  }

  /** The schemas of one group version's kinds; its document is parsed once and not kept. */
  schemas(path: string, { group, version }: { group: string; version: string }): ReadonlyMap<string, Schema> {
    const known = this.#schemas.get(path);
    if (known) return known;
    const bytes = this.openApiV3(path);
    const document: unknown = bytes === undefined ? undefined : JSON.parse(bytes.toString('utf8'));
    const schemas = schemasFromOpenApi(document, group, version);
    this.#schemas.set(path, schemas);
    return schemas;
  }
}

function readGenerated(name: string): Buffer {
  return readFileSync(new URL(`./generated/${name}`, import.meta.url));
}

function readJson(name: string): unknown {
  return JSON.parse(readGenerated(name).toString('utf8'));
}
