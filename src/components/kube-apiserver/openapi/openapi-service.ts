import { sha256 } from '#base/hash';
import { noSuchResource } from '../answers/api-errors.ts';
import type { ApiAnswer, ApiRequest } from '../http/api-request.ts';
import type { Registry } from '../registry/registry.ts';
import type { ApiDocuments } from '../resources/api-documents.ts';
import { openApiV2Protobuf } from './openapi-v2-protobuf.ts';
import { customDocument } from './custom-document.ts';

/** Serves OpenAPI v2 and v3: the built-in kinds as the real server describes them, custom resources from their definitions. */
export class OpenApiService {
  readonly #documents: ApiDocuments;
  readonly #registry: Registry;
  #v2Protobuf: Buffer | undefined;
  #generation = -1;
  #custom = new Map<string, { readonly bytes: Buffer; readonly hash: string }>();

  constructor(documents: ApiDocuments, registry: Registry) {
    this.#documents = documents;
    this.#registry = registry;
  }

  v2({ accept }: ApiRequest): ApiAnswer {
    const wantsProtobuf = accept.includes('openapi.spec.v2@v1.0+protobuf') && !accept.includes('application/json');
    if (wantsProtobuf) {
      this.#v2Protobuf ??= openApiV2Protobuf(
        JSON.parse(this.#documents.openApiV2.toString('utf8')) as Record<string, unknown>,
      );
      return {
        status: 200,
        headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
        body: this.#v2Protobuf,
      };
    }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: this.#documents.openApiV2 };
  }

  v3({ path, query }: ApiRequest): ApiAnswer {
    const wanted = decodeURIComponent(path.slice('/openapi/v3'.length).replace(/^\//, ''));
    if (wanted === '') return this.#index();
    const body = this.#documents.openApiV3(wanted) ?? this.#customDocuments().get(wanted)?.bytes;
    if (!body) throw noSuchResource();
    // A URL with a hash names content that never changes.
    const caching: Record<string, string> = query.has('hash') ? { 'cache-control': 'public, immutable' } : {};
    return { status: 200, headers: { 'content-type': 'application/json', ...caching }, body };
  }

  #index(): ApiAnswer {
    const builtin = Object.entries(this.#documents.openApiPaths).map(
      ([name, { url }]) => [name, { serverRelativeURL: url }] as const,
    );
    const custom = [...this.#customDocuments()].map(
      ([name, { hash }]) => [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` }] as const,
    );
    const paths = Object.fromEntries([...builtin, ...custom]);
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ paths })),
    };
  }

  #customDocuments(): ReadonlyMap<string, { readonly bytes: Buffer; readonly hash: string }> {
    if (this.#generation === this.#registry.generation) return this.#custom;
    const byVersion = Map.groupBy(
      this.#registry.custom().filter(({ verbs }) => verbs.length > 0),
      (one) => `apis/${one.apiVersion}`,
    );
    this.#custom = new Map(
      [...byVersion].map(([name, resources]) => {
        const bytes = Buffer.from(JSON.stringify(customDocument(resources)));
        return [name, { bytes, hash: sha256(bytes).toUpperCase() }];
      }),
    );
    this.#generation = this.#registry.generation;
    return this.#custom;
  }
}
