import { readFileSync } from 'node:fs';
import type { KubeObject } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import { applyJsonPatch, applyStrategicMergePatch } from '#libs/kube/patch';
import type { Schema } from '#libs/kube/schema';
import {
  applyDefaults,
  pruneUnknown,
  schemaFromCrd,
  schemaFromOpenApi,
  unknownFields,
  validateSchema,
} from '#libs/kube/schema';
import { compareObjects, storedForm } from '#libs/kube/structured-merge';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlPlane } from './control-plane.ts';
import { startControlPlane } from './control-plane.ts';
import { findEndpoint, samples } from './sample-kinds.ts';
import { jsonPatches, strategicPatches, validatedSchema, validatedSpecs } from './semantics-cases.ts';

const assets = process.env['KUBEBUILDER_ASSETS'];

/** What the storage allocates or admission adds in a create: nothing that defaulting could know. */
const allocated =
  /^\.metadata\.(namespace|finalizers)|^\.status|controller-uid|job-name|\.nodePort$|^\.spec\.(clusterIPs?|ipFamil|priority$|preemptionPolicy|finalizers|dataSourceRef)|daemonset\.template/;

// Needs etcd and kube-apiserver: KUBEBUILDER_ASSETS names the directory that holds them.
describe.skipIf(assets === undefined)('object semantics against a real API server (KUBEBUILDER_ASSETS)', () => {
  let server: ControlPlane;

  beforeAll(async () => {
    server = await startControlPlane(assets ?? '');
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  async function schemaOf(object: KubeObject): Promise<Schema> {
    const root = object.apiVersion.includes('/') ? `apis/${object.apiVersion}` : `api/${object.apiVersion}`;
    const schema = schemaFromOpenApi((await server.send('GET', `/openapi/v3/${root}`)).body, gvkOf(object));
    if (schema === undefined) throw new Error(`No schema for ${object.kind}.`);
    return schema;
  }

  test('storedForm fills in what the server fills in', async () => {
    const objects = loadAll(readFileSync(new URL('./defaults.yaml', import.meta.url), 'utf8')) as KubeObject[];
    const different: string[] = [];
    for (const object of objects) {
      const schema = await schemaOf(object);
      const { collection } = await findEndpoint(server, object);
      const { status, body } = await server.send('POST', `${collection}?dryRun=All`, { body: object });
      if (status >= 300) different.push(`${object.kind} ${object.metadata.name}: ${String(body['message'])}`);
      const ours = storedForm(schema, gvkOf(object), object);
      for (const { path, desired, live } of compareObjects(schema, ours, body as KubeObject)) {
        const isAllocated =
          allocated.test(path) ||
          (object.kind === 'Job' && path.endsWith('labels')) ||
          (object.kind === 'DaemonSet' && path === '.metadata.annotations');
        if (desired !== undefined || !(isAllocated || (object.kind === 'Job' && path === '.spec.selector'))) {
          if (status < 300 && path !== '.status.storedVersions')
            different.push(
              `${object.kind} ${object.metadata.name} ${path}: ours ${JSON.stringify(desired)} server ${JSON.stringify(live)}`,
            );
        }
      }
    }
    expect(different).toEqual([]);
  });

  test('applyStrategicMergePatch and applyJsonPatch do what the server does', async () => {
    const sample = samples.find(({ kind }) => kind === 'Deployment');
    if (sample === undefined) throw new Error('No Deployment among the samples.');
    const schema = await schemaOf(sample);
    const { collection } = await findEndpoint(server, sample);
    const named = { ...sample, metadata: { ...sample.metadata, name: 'patched', finalizers: ['a.b/c', 'a.b/d'] } };
    const live = (await server.send('POST', collection, { body: named })).body as KubeObject;
    const different: string[] = [];
    const judge = async (patch: unknown, contentType: string, apply: () => KubeObject) => {
      const answer = await server.send('PATCH', `${collection}/patched?dryRun=All`, { body: patch, contentType });
      const result = attempt(() => storedForm(schema, gvkOf(sample), pruneUnknown(schema, apply()).object));
      // What validation refuses afterwards is not the patch's affair.
      if (answer.status >= 300) {
        if (typeof result !== 'string' && !String(answer.body['message']).includes('is invalid'))
          different.push(`${JSON.stringify(patch)}: ${String(answer.body['message'])}`);
        return;
      }
      if (typeof result === 'string') different.push(`${JSON.stringify(patch)}: ${result}`);
      else if (compareObjects(schema, result, answer.body as KubeObject).length > 0)
        different.push(JSON.stringify(patch));
    };
    for (const patch of strategicPatches)
      await judge(patch, 'application/strategic-merge-patch+json', () => applyStrategicMergePatch(live, patch, schema));
    for (const patch of jsonPatches)
      await judge(patch, 'application/json-patch+json', () => applyJsonPatch(live, patch));
    expect(different).toEqual([]);
  });

  test('validateSchema and unknownFields speak as the server does', async () => {
    const names = { plural: 'vals', kind: 'Val' };
    const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: validatedSchema } };
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'vals.q.example.com' },
      spec: { group: 'q.example.com', scope: 'Namespaced', names, versions: [version] },
    };
    await server.send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: crd });
    const path = '/apis/q.example.com/v1/namespaces/default/vals';
    while ((await server.send('GET', path)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
    const schema = schemaFromCrd(validatedSchema);
    for (const spec of validatedSpecs) {
      const object = {
        apiVersion: 'q.example.com/v1',
        kind: 'Val',
        metadata: { name: 'v', namespace: 'default' },
        spec,
      };
      const { status, body } = await server.send('POST', `${path}?dryRun=All`, { body: object });
      const details = body['details'] as { causes?: { reason: string; field: string; message: string }[] } | undefined;
      const theirs =
        status < 300
          ? []
          : (details?.causes ?? []).map(({ reason, field, message }) => `${reason} ${field}: ${message}`);
      const stored = applyDefaults(schema, pruneUnknown(schema, object).object);
      const ours = validateSchema(schema, stored).map(({ reason, field, message }) => `${reason} ${field}: ${message}`);
      expect(ours.sort(), JSON.stringify(spec)).toEqual(theirs.sort());
    }
    const strange = {
      apiVersion: 'q.example.com/v1',
      kind: 'Val',
      metadata: { name: 'v', zz: 1 },
      spec: { need: 'a', foo: 1, map: [{ k: 'a', z: 1 }] },
      bar: 2,
    };
    const { body } = await server.send('POST', `${path}?dryRun=All&fieldValidation=Strict`, { body: strange });
    expect(body['message']).toContain(`strict decoding error: ${unknownFields(schema, strange).join(', ')}`);
  });
});

function attempt(run: () => KubeObject): KubeObject | string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}
