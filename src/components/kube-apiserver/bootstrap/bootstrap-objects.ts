import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import type { KubeObject } from '#libs/kube';
import { cloneJson } from '#base/json';
import { administrator } from '../authentication/user-identity.ts';
import type { CallContext } from '../operations/call-context.ts';
import { createObject } from '../operations/create-object.ts';
import { decodeObject } from '../operations/decode-object.ts';
import type { ServerState } from '../operations/server-state.ts';
import { gvkOf } from '#libs/kube';
import { storageKey } from '../registry/served-resource.ts';

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Makes what every cluster starts with and is not there yet. */
export function bootstrapObjects(server: ServerState, port: number): void {
  const call: CallContext = {
    user: administrator,
    dryRun: false,
    fieldManager: 'kube-apiserver',
    fieldValidation: 'Ignore',
    warnings: [],
  };
  for (const name of namespaces) ensure(server, call, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const object of readBootstrap()) ensure(server, call, object);
  ensure(server, call, kubernetesService(port));
  for (const { group, version } of server.registry.builtin()) {
    // The group of API services itself is not registered as one.
    if (group !== 'apiregistration.k8s.io') ensure(server, call, localApiService(group, version));
  }
}

function readBootstrap(): readonly KubeObject[] {
  const bytes = readFileSync(new URL('../resources/generated/bootstrap.json.br', import.meta.url));
  return JSON.parse(brotliDecompressSync(bytes).toString('utf8')) as KubeObject[];
}

function ensure(server: ServerState, call: CallContext, object: KubeObject): void {
  const { group, version, kind } = gvkOf(object);
  const resource = server.registry.findKind(group, version, kind);
  if (!resource) return;
  const { namespace = '', name = '' } = object.metadata;
  const collection = server.store.collection(resource.collection);
  const key = storageKey(resource, namespace, name);
  if (collection.get(key)) return;
  const status = object['status'];
  createObject(server, { resource, namespace, object: decodeObject(resource, cloneJson(object), call), call });
  const made = collection.get(key);
  // A create drops the status; what the data says of it belongs to the start.
  if (status !== undefined && made && group !== 'apiregistration.k8s.io')
    server.store.put(collection, key, { ...made.object, metadata: { ...made.object.metadata }, status });
}

function kubernetesService(port: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
    },
  };
}

function localApiService(group: string, version: string): KubeObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      groupPriorityMinimum: group === '' ? 18_000 : 17_500,
      versionPriority: version === 'v1' ? 15 : 10,
    },
  };
}
