/**
 * Learns from a real API server how each built-in kind behaves where its descriptions are silent, and writes it beside the
 * other generated data.   usage: node test/contract/kube-apiserver/record-traits.ts KUBECONFIG
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpTarget } from './http-target.ts';
import { loadSamples } from './load-samples.ts';

const namespace = 'traits';
const target = HttpTarget.fromKubeconfig(process.argv[2] ?? '');
const output = join(import.meta.dirname, '../../../src/components/kube-apiserver/resources/generated/traits.json');

await target.json('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
await target.waitFor(`/api/v1/namespaces/${namespace}/serviceaccounts/default`);
const traits: Record<string, unknown> = {};
for (const { key, path, object } of loadSamples(namespace)) {
  const created = await target.json('POST', path, object);
  if (created.status !== 201) {
    console.error(`${key}: create answered ${created.status}: ${created.text.slice(0, 300)}`);
    continue;
  }
  const metadata = created.body['metadata'] as { name: string; generation?: number };
  const url = `${path}/${metadata.name}`;
  const changed = await target.json('PUT', url, {
    ...object,
    metadata: { ...(object['metadata'] as object), annotations: { b: 'c' } },
  });
  const deleted = await target.json('DELETE', `${url}?propagationPolicy=Background`);
  const missing = await target.json(
    'PUT',
    url.replace(/[^/]*$/, (name) => (key.startsWith('ipaddresses') || name.includes('.') ? name : 'other')),
    {
      ...object,
      metadata: { name: key.startsWith('ipaddresses') || metadata.name.includes('.') ? metadata.name : 'other' },
    },
  );
  traits[key] = {
    generation: metadata.generation !== undefined,
    deleteAnswersObject: deleted.body['kind'] !== 'Status',
    unconditionalUpdate: !changed.text.includes('must be specified for an update'),
    createsOnUpdate: missing.status === 201,
  };
  if (missing.status === 201) await target.json('DELETE', url.replace(/[^/]*$/, 'other'));
}
await target.json('DELETE', `/api/v1/namespaces/${namespace}`);
writeFileSync(output, `${JSON.stringify(traits)}\n`);
target.close();
