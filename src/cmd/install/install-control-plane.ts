import { randomBytes } from 'node:crypto';
import bcrypt from 'bcrypt';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { getPath } from '#base/json';
import { buildCrds } from '#core/api';
import type { KubeClient, KubeObject } from '#libs/kube';
import { gvkOf, isAlreadyExists, isNotFound } from '#libs/kube';
import { buildControlPlaneObjects } from './control-plane-objects.ts';

export interface InstallOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Creates what is missing of CRDs, namespace, ConfigMaps, Secrets and the default project; nothing that exists is touched.
 * Answers the names of what was created. An existing CRD of Argo CD's stays as it is.
 */
export async function installControlPlane(options: InstallOptions): Promise<string[]> {
  const { client, namespace, clock, signal } = options;
  const created: string[] = [];
  const crds = buildCrds();
  for (const crd of crds)
    if (await createIfMissing(client, crd, signal)) created.push(`CustomResourceDefinition/${crd.metadata.name}`);
  const space: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  if (await createIfMissing(client, space, signal)) created.push(`Namespace/${namespace}`);
  await Promise.all(crds.map((crd) => waitEstablished(client, crd.metadata.name ?? '', clock, signal)));
  client.discovery.invalidate();
  const adminPassword = randomBytes(12).toString('base64url');
  const objects = buildControlPlaneObjects(namespace, {
    adminPassword,
    adminPasswordHash: await bcrypt.hash(adminPassword, 10),
    serverKey: randomBytes(32).toString('base64'),
    now: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
  });
  let hasOwnPassword = true;
  for (const object of objects) {
    // The initial password belongs to the hash made beside it: an existing argocd-secret has another one.
    if (object.metadata.name === 'argocd-initial-admin-secret' && !hasOwnPassword) continue;
    const isNew = await createIfMissing(client, object, signal);
    if (object.metadata.name === 'argocd-secret') hasOwnPassword = isNew;
    if (isNew) created.push(`${object.kind}/${object.metadata.name}`);
  }
  return created;
}

async function createIfMissing(client: KubeClient, object: KubeObject, signal: AbortSignal): Promise<boolean> {
  const type = await client.discovery.find(gvkOf(object), { signal });
  if (!type) {
    throw new WindlassError({
      code: 'KIND_NOT_SERVED',
      kind: 'FailedPrecondition',
      message: `The cluster does not serve ${object.apiVersion} ${object.kind}.`,
      hint: 'Is this a Kubernetes API server of version 1.22 or newer?',
    });
  }
  const { name = '', namespace } = object.metadata;
  try {
    await client.get(type, name, { ...(namespace ? { namespace } : {}), signal });
    return false;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  try {
    await client.create(type, object, { fieldManager: 'windlass-install', signal });
    return true;
  } catch (error) {
    if (isAlreadyExists(error)) return false;
    throw error;
  }
}

/** Follows the CRD by watch until the API server serves it. */
async function waitEstablished(client: KubeClient, name: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const type = await client.discovery.find({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
  });
  if (!type) return;
  const stop = new AbortController();
  const cancel = clock.after(30_000, () =>
    stop.abort(
      new WindlassError({
        code: 'CRD_NOT_ESTABLISHED',
        kind: 'DeadlineExceeded',
        message: `The CustomResourceDefinition "${name}" is not established after 30 s.`,
        hint: `Look at its conditions: kubectl describe crd ${name}`,
      }),
    ),
  );
  const both = AbortSignal.any([signal, stop.signal]);
  try {
    const crd = await client.get(type, name, { signal: both });
    if (isEstablished(crd)) return;
    const fieldSelector = `metadata.name=${name}`;
    for await (const event of client.watch(type, {
      resourceVersion: crd.metadata.resourceVersion ?? '',
      fieldSelector,
      signal: both,
    })) {
      if (isEstablished(event.object)) return;
    }
  } finally {
    cancel();
    stop.abort(new DOMException('Done.', 'AbortError'));
  }
}

function isEstablished(crd: KubeObject): boolean {
  const conditions = getPath(crd, 'status', 'conditions');
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (condition) => getPath(condition, 'type') === 'Established' && getPath(condition, 'status') === 'True',
    )
  );
}
