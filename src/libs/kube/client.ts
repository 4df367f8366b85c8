import type { KubeList, KubeObject, WatchEvent } from './objects.ts';
import type { ApiResource, Discovery } from './discovery.ts';

/** A resource endpoint: group, version and plural, as discovery names it. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  /** Plural, e.g. `deployments`. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Default 30 s; watches have none. */
  readonly timeoutMs?: number;
}

export interface ListOptions extends CallOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Page size; default 500. `list` follows `continue` to the end; `listPages` yields page by page. */
  readonly limit?: number;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  /** Ask for PartialObjectMetadata only. */
  readonly metadataOnly?: boolean;
}

export interface WatchOptions extends CallOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion: string;
  readonly metadataOnly?: boolean;
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface WriteOptions extends CallOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  readonly subresource?: string;
}

export interface PatchOptions extends WriteOptions {
  readonly type: PatchType;
  /** Only for `apply`. */
  readonly force?: boolean;
}

export interface DeleteOptions extends CallOptions {
  readonly dryRun?: boolean;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** What an API call cost: for counters. `verb` is Kubernetes' (get, list, watch, create, update, patch, apply, delete). */
export interface CallRecord {
  readonly verb: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

/**
 * A thin Kubernetes client: plain JSON in and out, one pooled connection set per cluster. Every method throws KubeApiError
 * for an answer that is a failure and KubeUnreachable when no answer came; an error never looks like an empty list.
 */
export interface KubeClient {
  readonly server: string;
  readonly discovery: Discovery;
  get(
    type: ResourceType,
    name: string,
    options?: CallOptions & { namespace?: string; subresource?: string },
  ): Promise<KubeObject>;
  list(type: ResourceType, options?: ListOptions): Promise<KubeList>;
  listPages(type: ResourceType, options?: ListOptions): AsyncIterable<KubeList>;
  /** Events from `resourceVersion` on, bookmarks included; ends when the server ends it, throws KubeApiError 410 when too old. */
  watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent>;
  create(type: ResourceType, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  update(type: ResourceType, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  patch(
    type: ResourceType,
    name: string,
    body: unknown,
    options: PatchOptions & { namespace?: string },
  ): Promise<KubeObject>;
  /** Answers the object (still terminating) or a Status. */
  delete(type: ResourceType, name: string, options?: DeleteOptions & { namespace?: string }): Promise<KubeObject>;
  /** Raw request for what has no method: logs, version, OpenAPI. Answers parsed JSON, or text when `as` is `text`. */
  request(
    method: string,
    path: string,
    options?: CallOptions & { body?: unknown; contentType?: string; accept?: string; as?: 'json' | 'text' },
  ): Promise<unknown>;
  /** A streaming GET, e.g. pod logs with follow. */
  stream(path: string, options?: CallOptions): Promise<AsyncIterable<Uint8Array>>;
  /** Kubernetes version and API list, as renderers want them. */
  version(options?: CallOptions): Promise<{ gitVersion: string; major: string; minor: string }>;
  close(): Promise<void>;
}

export type { ApiResource };
