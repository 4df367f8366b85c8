import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { gvkOf } from '#libs/kube';
import type { Schema } from '#libs/kube/schema';
import { schemaFromOpenApi } from '#libs/kube/schema';

const folder = new URL('../../../src/components/kube-apiserver/resources/generated/', import.meta.url);
const index = JSON.parse(readFileSync(new URL('openapi-v3.index.json', folder), 'utf8')) as Readonly<
  Record<string, { readonly offset: number; readonly length: number }>
>;
const documents = brotliDecompressSync(readFileSync(new URL('openapi-v3.br', folder)));

/** The schema of a built-in kind, as a real server publishes it. */
export function builtinSchema(apiVersion: string, kind: string): Schema {
  const entry = index[apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`];
  if (entry === undefined) throw new Error(`No OpenAPI document for ${apiVersion}.`);
  const text = documents.subarray(entry.offset, entry.offset + entry.length).toString('utf8');
  const schema = schemaFromOpenApi(JSON.parse(text), gvkOf({ apiVersion, kind }));
  if (schema === undefined) throw new Error(`No schema for ${apiVersion} ${kind}.`);
  return schema;
}
