import { isRecord } from '#base/json';
import { SingleFlight } from '#base/single-flight';
import type { KubeClient } from '../client.ts';
import { KubeApiError } from '../errors.ts';
import type { GroupVersionKind } from '../objects.ts';
import { parseApiVersion } from '../objects.ts';
import type { Schema } from './schema.ts';
import { schemasFromOpenApi } from './schema-from-openapi.ts';

/** Where schemas come from: a server's OpenAPI, stored CRDs, or the data that the embedded server is built with. */
export interface SchemaSource {
  /** Undefined when the kind is unknown (yet). */
  schemaFor(gvk: GroupVersionKind): Schema | undefined;
}

interface LoadedGroup {
  readonly url: string;
  readonly schemas: ReadonlyMap<string, Schema>;
}

/** Schemas of one cluster, read per group version from `/openapi/v3` and kept until the hash in its index changes. */
export class OpenApiSchemas implements SchemaSource {
  readonly #groups = new Map<string, LoadedGroup>();
  readonly #flights = new SingleFlight<void>();
  #index: Readonly<Record<string, unknown>> | undefined;

  schemaFor({ group, version, kind }: GroupVersionKind): Schema | undefined {
    return this.#groups.get(group === '' ? version : `${group}/${version}`)?.schemas.get(kind);
  }

  /** True once a group version was loaded. */
  has(groupVersion: string): boolean {
    return this.#groups.has(groupVersion);
  }

  /**
   * Makes the kinds of `groupVersion` ("v1", "apps/v1") known; costs nothing when its hash is unchanged. Throws KubeApiError and
   * KubeUnreachable; a group version that the server does not list has no kinds.
   */
  load(client: KubeClient, groupVersion: string, signal?: AbortSignal): Promise<void> {
    return this.#flights.run(groupVersion, () => this.#load(client, groupVersion, signal));
  }

  /** Forgets the index, so that the next `load` sees new hashes: call it when a CRD changed. */
  invalidate(): void {
    this.#index = undefined;
  }

  async #load(client: KubeClient, groupVersion: string, signal: AbortSignal | undefined): Promise<void> {
    const options = signal === undefined ? {} : { signal };
    for (let attempt = 1; ; attempt++) {
      this.#index ??= pathsOf(await client.request('GET', '/openapi/v3', options));
      const url = urlOf(this.#index[groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`]);
      if (url === undefined) return void this.#groups.delete(groupVersion);
      if (this.#groups.get(groupVersion)?.url === url) return;
      const { group, version } = parseApiVersion(groupVersion);
      try {
        const document = await client.request('GET', url, options);
        return void this.#groups.set(groupVersion, { url, schemas: schemasFromOpenApi(document, group, version) });
      } catch (error) {
        // A redirect to another hash: the group changed after the index was read.
        if (!(error instanceof KubeApiError) || error.httpStatus !== 301 || attempt === maxAttempts) throw error;
        this.#index = undefined;
      }
    }
  }
}

/** CRDs that arrive in a row change a group's hash as often. */
const maxAttempts = 5;

function urlOf(entry: unknown): string | undefined {
  const url = isRecord(entry) ? entry['serverRelativeURL'] : undefined;
  return typeof url === 'string' ? url : undefined;
}

function pathsOf(index: unknown): Readonly<Record<string, unknown>> {
  const paths = isRecord(index) ? index['paths'] : undefined;
  return isRecord(paths) ? paths : {};
}
