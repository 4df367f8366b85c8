// The embedded API server beside the real one: server-side applies, and a list of many objects, from the same client.
// usage: KUBEBUILDER_ASSETS=… node bench/kube-apiserver.bench.ts [objects]
import { startControlPlane } from '#harness';
import { Limiter } from '#base/limiter';
import { tempDir } from '#base/tempdir';
import { startKubeApiserverWorker } from '#components/kube-apiserver';
import { createKubeClient, parseKubeconfig } from '#libs/kube';
import type { KubeClient, ResourceType } from '#libs/kube';

const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const concurrency = 16;
const objects = Number(process.argv[2] ?? 3000);
const filler = 'x'.repeat(2000);

interface Rates {
  readonly create: number;
  readonly update: number;
  readonly noop: number;
  readonly listMs: number;
}

/** Applies per second, and the milliseconds of one whole list. */
async function measure(client: KubeClient): Promise<Rates> {
  const create = await applyAll(client, '1');
  const update = await applyAll(client, '2');
  const noop = await applyAll(client, '2');
  const started = performance.now();
  const { items } = await client.list(configMaps, { namespace: 'default' });
  const listMs = performance.now() - started;
  if (items.length < objects) throw new Error(`The list holds ${items.length} of ${objects} objects.`);
  return { create, update, noop, listMs };
}

async function applyAll(client: KubeClient, value: string): Promise<number> {
  const limiter = new Limiter(concurrency);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: objects }, (_, index) =>
      limiter.run(() => {
        const metadata = { name: `bench-${index}`, namespace: 'default' };
        const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value, filler } };
        return client.patch(configMaps, metadata.name, body, {
          type: 'apply',
          fieldManager: 'bench',
          force: true,
          namespace: 'default',
        });
      }),
    ),
  );
  return objects / ((performance.now() - started) / 1000);
}

async function ofEmbedded(): Promise<Rates> {
  // On disk, as the product runs it: the real server writes its objects down, too.
  await using directory = await tempDir('windlass-bench-');
  const server = await startKubeApiserverWorker({ dataDir: directory.path, port: 0, controllers: false });
  const client = createKubeClient(parseKubeconfig(server.kubeconfig));
  const rates = await measure(client);
  await client.close();
  await server.close();
  return rates;
}

async function ofReal(): Promise<Rates> {
  await using server = await startControlPlane({ controllers: false });
  return await measure(server.client);
}

// A B B A: what the machine does beside falls on both.
const runs = { embedded: [await ofEmbedded()], real: [await ofReal(), await ofReal()] };
runs.embedded.push(await ofEmbedded());
const mean = (rates: readonly Rates[], field: keyof Rates) =>
  rates.reduce((sum, one) => sum + one[field], 0) / rates.length;
for (const field of ['create', 'update', 'noop', 'listMs'] as const) {
  const [ours, theirs] = [mean(runs.embedded, field), mean(runs.real, field)];
  const ratio = field === 'listMs' ? theirs / ours : ours / theirs;
  process.stdout.write(
    `${field.padEnd(8)} embedded ${ours.toFixed(0).padStart(6)}   real ${theirs.toFixed(0).padStart(6)}   ${ratio.toFixed(2)}x\n`,
  );
}
process.exit();
