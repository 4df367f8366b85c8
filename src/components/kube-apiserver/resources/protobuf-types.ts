import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** JSON name, type, and how it repeats: one value, a list, or a map from text. */
export type ProtobufField = readonly [name: string, type: string, shape: 'one' | 'list' | 'map'];

/** Field number → field. A field named "" is inlined into the object that holds it. */
export type ProtobufMessage = Readonly<Record<string, ProtobufField>>;

/** The protobuf messages of the built-in kinds, by full name; read when the first client sends protobuf. */
export class ProtobufTypes {
  #messages: Readonly<Record<string, ProtobufMessage>> | undefined;

  message(name: string): ProtobufMessage | undefined {
    this.#messages ??= readMessages();
    return Object.hasOwn(this.#messages, name) ? this.#messages[name] : undefined;
  }

  /** The message of a kind: its package is the first label of its group. */
  messageName(apiVersion: string, kind: string): string {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? 'core' : (apiVersion.slice(0, slash).split('.')[0] ?? '');
    const version = apiVersion.slice(slash + 1);
    if (kind === 'DeleteOptions') return 'k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions';
    return `k8s.io.api.${group}.${version}.${kind}`;
  }
}

function readMessages(): Readonly<Record<string, ProtobufMessage>> {
  const bytes = readFileSync(new URL('./generated/protobuf-types.json.br', import.meta.url));
  return JSON.parse(brotliDecompressSync(bytes).toString('utf8')) as Record<string, ProtobufMessage>;
}
