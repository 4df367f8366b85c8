import type { KubeObject } from '#libs/kube';

/** One stored object. Never changed after it is made: readers share it. */
export class Entry {
  readonly key: string;
  readonly object: KubeObject;
  readonly revision: number;
  #body: Buffer | undefined;

  constructor(key: string, object: KubeObject, revision: number) {
    this.key = key;
    this.object = object;
    this.revision = revision;
  }

  /**
   * The object's JSON without the opening brace and without `kind` and `apiVersion`, made once: a single object is a prefix
   * plus this, an item of a built-in list is "{" plus this.
   */
  get body(): Buffer {
    this.#body ??= ownBytes(serializeBody(this.object));
    return this.#body;
  }

  /** The whole object's JSON, for the journal; fills the cached body on the way. */
  text(): string {
    const { apiVersion, kind } = this.object;
    const body = serializeBody(this.object);
    this.#body ??= ownBytes(body);
    return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},${body}`;
  }
}

/** Bytes of their own: those of Node's shared pool would keep the short-lived ones beside them alive. */
function ownBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

export function serializeBody({ apiVersion: _apiVersion, kind: _kind, metadata, ...rest }: KubeObject): string {
  return JSON.stringify({ metadata, ...rest }).slice(1);
}

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** A change in the order in which it happened; `previous` lets selectors and old snapshots be answered. */
export interface Change {
  readonly type: ChangeType;
  readonly revision: number;
  readonly entry: Entry;
  readonly previous: Entry | undefined;
}
