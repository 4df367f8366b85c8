import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import type { Schema } from '../schema.ts';
import { schemaFromOpenApi } from '../schema-from-openapi.ts';

export const deploymentKind = { group: 'apps', version: 'v1', kind: 'Deployment' } as const;

/** The Deployment of a Kubernetes 1.36 server. */
export function deploymentSchema(): Schema {
  const packed = readFileSync(new URL('./apps-v1.openapi.json.br', import.meta.url));
  const schema = schemaFromOpenApi(JSON.parse(brotliDecompressSync(packed).toString()), deploymentKind);
  if (schema === undefined) throw new Error('The document has no Deployment.');
  return schema;
}
