import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { HttpAgents } from '#base/http-agents';
import type { ProxySettings } from '#base/http-agents';
import { isRecord } from '#base/json';
import { highestMatching, parseSemverConstraint } from '#base/semver-constraint';
import { assertTagOrDigest, isDigest, parseRepositoryReference } from './parse-reference.ts';
import type { RegistryAccess } from './registry-access.ts';
import {
  archiveTooLarge,
  artifactNotFound,
  digestMismatch,
  invalidReference,
  registryUnreachable,
} from './registry-errors.ts';
import { RegistrySession } from './registry-session.ts';
import type { RegistryAnswer, RegistryCall } from './registry-session.ts';

/** One blob that a manifest names. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Manifest {
  /** `sha256:…` of the bytes that the registry sent. */
  readonly digest: string;
  readonly mediaType: string;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RegistryClientOptions {
  readonly clock: Clock;
  /** For registries that name no proxy of their own. */
  readonly proxies?: ProxySettings;
}

const requestDeadlineMs = 15_000;
const downloadDeadlineMs = 300_000;
const maxManifestBytes = 4 * 1024 * 1024;
const maxTags = 100_000;
const defaultBlobBytes = 100 * 1024 * 1024;
const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Reads artifacts from OCI registries. Everything that has a digest is checked against it. */
export class RegistryClient {
  readonly #agents: HttpAgents;
  readonly #session: RegistrySession;

  constructor({ clock, proxies }: RegistryClientOptions) {
    this.#agents = new HttpAgents(proxies);
    this.#session = new RegistrySession(this.#agents, clock);
  }

  /** All tags of a repository, in the registry's order, page by page. */
  async tags(access: RegistryAccess, url: string, signal?: AbortSignal): Promise<string[]> {
    const { host, repository } = parseRepositoryReference(url);
    const tags: string[] = [];
    let path: string | undefined = `${repository}/tags/list?n=1000`;
    while (path !== undefined) {
      const call: RegistryCall = { host, repository, path, what: url, deadlineMs: requestDeadlineMs, signal };
      path = await this.#session.get(access, call, async (answer) => {
        const body: unknown = JSON.parse((await readLimited(answer, maxManifestBytes, host)).toString('utf8'));
        if (!isRecord(body)) throw registryUnreachable(host, 'its list of tags is malformed');
        if (Array.isArray(body['tags'])) tags.push(...body['tags'].filter((tag) => typeof tag === 'string'));
        return nextPage(answer, host);
      });
      if (tags.length > maxTags) throw registryUnreachable(host, `it lists more than ${maxTags} tags`);
    }
    return tags;
  }

  /** The manifest behind a tag or digest. A tag is resolved here, once: go on with the digest of the result. */
  async manifest(access: RegistryAccess, url: string, revision: string, signal?: AbortSignal): Promise<Manifest> {
    assertTagOrDigest(revision);
    const { host, repository } = parseRepositoryReference(url);
    const what = `${url}${isDigest(revision) ? '@' : ':'}${revision}`;
    const path = `${repository}/manifests/${revision}`;
    const call = {
      host,
      repository,
      path,
      accept: manifestTypes.join(', '),
      what,
      deadlineMs: requestDeadlineMs,
      signal,
    };
    return this.#session.get(access, call, async (answer) => {
      const bytes = await readLimited(answer, maxManifestBytes, host);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      const announced = answer.headers['docker-content-digest'];
      if (isDigest(revision) && digest !== revision) throw digestMismatch(what);
      if (typeof announced === 'string' && isDigest(announced) && announced !== digest) throw digestMismatch(what);
      return parseManifest(bytes, digest, what);
    });
  }

  /**
   * The digest that a target revision stands for: a digest itself, a tag, or the highest tag in a semantic version range
   * (`compatibility.md` a.2). Throws REGISTRY_NOT_FOUND.
   */
  async resolve(
    access: RegistryAccess,
    url: string,
    revision: string,
    signal?: AbortSignal,
  ): Promise<{ digest: string; tag?: string }> {
    const wanted = revision.trim();
    if (isDigest(wanted)) return { digest: wanted };
    const constraint = isExactVersion(wanted) ? undefined : parseSemverConstraint(wanted);
    // "+" cannot stand in a tag: Helm writes build metadata after "_".
    const tag = constraint ? await this.#highestTag(access, url, constraint, signal) : wanted.replaceAll('+', '_');
    if (tag === undefined) throw artifactNotFound(`${url}:${wanted}`);
    return { digest: (await this.manifest(access, url, tag, signal)).digest, tag };
  }

  /** Streams a blob to a file that appears only when it is whole and matches its digest. */
  async fetchBlob(
    access: RegistryAccess,
    blob: {
      readonly url: string;
      readonly descriptor: Pick<Descriptor, 'digest' | 'size'>;
      readonly path: string;
      readonly maxBytes?: number;
    },
    signal?: AbortSignal,
  ): Promise<void> {
    const { host, repository } = parseRepositoryReference(blob.url);
    const { digest, size } = blob.descriptor;
    if (!isDigest(digest)) throw invalidReference(digest, 'it is no sha256 digest');
    const what = `${blob.url}@${digest}`;
    const maxBytes = blob.maxBytes ?? defaultBlobBytes;
    if (size > maxBytes) throw archiveTooLarge(`it has ${size} bytes, and at most ${maxBytes} are fetched`);
    const call = {
      host,
      repository,
      path: `${repository}/blobs/${digest}`,
      what,
      deadlineMs: downloadDeadlineMs,
      signal,
    };
    await mkdir(dirname(blob.path), { recursive: true });
    const fresh = `${blob.path}.${randomUUID()}.new`;
    try {
      await this.#session.get(access, call, (answer) => saveChecked(answer, fresh, { digest, size, what }));
      await rename(fresh, blob.path);
    } finally {
      await rm(fresh, { force: true });
    }
  }

  close(): Promise<void> {
    return this.#agents.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #highestTag(
    access: RegistryAccess,
    url: string,
    constraint: NonNullable<ReturnType<typeof parseSemverConstraint>>,
    signal?: AbortSignal,
  ) {
    const tags = await this.tags(access, url, signal);
    const versions = new Map(tags.map((tag) => [tag.replaceAll('_', '+'), tag]));
    const best = highestMatching(versions.keys(), constraint);
    return best === undefined ? undefined : versions.get(best);
  }
}

/** Connections and tokens are kept until it is closed. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  return new RegistryClient(options);
}

function isExactVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(text);
}

async function saveChecked(
  answer: RegistryAnswer,
  path: string,
  expected: { digest: string; size: number; what: string },
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    answer.body,
    async function* check(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > expected.size) throw digestMismatch(expected.what);
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  if (bytes !== expected.size || `sha256:${hash.digest('hex')}` !== expected.digest)
    throw digestMismatch(expected.what);
}

async function readLimited(answer: RegistryAnswer, maxBytes: number, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw registryUnreachable(host, `its answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The path of the next page from a Link header; only on the registry itself. */
function nextPage(answer: RegistryAnswer, host: string): string | undefined {
  const header = answer.headers['link'];
  const target = /<([^>]+)>\s*;\s*rel="?next"?/.exec(Array.isArray(header) ? header.join(',') : (header ?? ''))?.[1];
  if (target === undefined) return undefined;
  const base = new URL(`http://${host}/v2/`);
  const next = URL.canParse(target, base.href) ? new URL(target, base) : undefined;
  if (next?.host !== base.host) throw registryUnreachable(host, 'the next page of its tags lies elsewhere');
  return next.pathname + next.search;
}

function parseManifest(bytes: Buffer, digest: string, what: string): Manifest {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw malformed(what, 'it is no JSON', cause);
  }
  if (!isRecord(body) || !Array.isArray(body['layers']))
    throw malformed(what, 'it is an index or of a type that is not supported');
  const config = isRecord(body['config']) ? parseDescriptor(body['config'], what) : undefined;
  return {
    digest,
    mediaType: typeof body['mediaType'] === 'string' ? body['mediaType'] : (manifestTypes[0] as string),
    layers: body['layers'].map((layer) => parseDescriptor(layer, what)),
    annotations: parseAnnotations(body['annotations']),
    ...(config ? { config } : {}),
  };
}

function parseDescriptor(value: unknown, what: string): Descriptor {
  if (!isRecord(value)) throw malformed(what, 'a descriptor is no object');
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || !isDigest(digest))
    throw malformed(what, 'a descriptor has no type or digest');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw malformed(what, 'a descriptor has no size');
  return { mediaType, digest, size, annotations: parseAnnotations(value['annotations']) };
}

function parseAnnotations(value: unknown): Record<string, string> {
  const entries = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function malformed(what: string, why: string, cause?: unknown): WindlassError {
  return new WindlassError({
    code: 'REGISTRY_MANIFEST_INVALID',
    kind: 'InvalidInput',
    message: `The manifest of "${what}" is not usable: ${why}.`,
    hint: 'Push the artifact as a single OCI image manifest, as "helm push" and "oras push" do.',
    ...(cause === undefined ? {} : { cause }),
  });
}
