import { WindlassError } from '#base/errors';
import { isAlreadyExists } from '#libs/kube';
import type { KubeObject } from '#libs/kube';
import { secretTypeLabel } from '#services/credentials';
import type { CoreContext } from './core-context.ts';
import { secretType } from './destination-clients.ts';

const managedBy = 'managed-by';
const manager = 'argocd.argoproj.io';

export interface NewSecret {
  readonly name: string;
  readonly type: 'repository' | 'repo-creds' | 'cluster';
  readonly fields: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Stores a labelled Secret. What exists with other content is only replaced by an upsert. Throws ALREADY_EXISTS.
 */
export async function storeSecret(
  { client, namespace, signal }: CoreContext,
  { name, type, fields, labels, annotations }: NewSecret,
  { isUpsert, what }: { readonly isUpsert: boolean; readonly what: string },
): Promise<KubeObject> {
  const data = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
  );
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: { ...labels, [secretTypeLabel]: type },
      annotations: { ...annotations, [managedBy]: manager },
    },
    data,
  };
  try {
    return await client.create(secretType, secret, { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const existing = await client.get(secretType, name, { namespace, signal });
  if (!isUpsert) {
    if (isSameData(existing['data'], data)) return existing;
    throw exists(what);
  }
  const { resourceVersion } = existing.metadata;
  return client.update(
    secretType,
    { ...secret, metadata: { ...secret.metadata, ...(resourceVersion ? { resourceVersion } : {}) } },
    { signal },
  );
}

/** A Secret that we made goes; one that somebody else made only loses its label (`compatibility.md` h.5). */
export async function removeSecret({ client, namespace, signal }: CoreContext, secret: KubeObject): Promise<void> {
  const name = secret.metadata.name ?? '';
  if (secret.metadata.annotations?.[managedBy] === manager) {
    await client.delete(secretType, name, { namespace, signal });
    return;
  }
  const patch = { metadata: { labels: { [secretTypeLabel]: null } } };
  await client.patch(secretType, name, patch, { type: 'merge', namespace, signal });
}

function isSameData(existing: unknown, wanted: Readonly<Record<string, string>>): boolean {
  const found = (existing ?? {}) as Record<string, unknown>;
  const keys = new Set([...Object.keys(found), ...Object.keys(wanted)]);
  return [...keys].every((key) => found[key] === wanted[key]);
}

function exists(what: string): WindlassError {
  return new WindlassError({
    code: 'EXISTS_WITH_OTHER_CONTENT',
    kind: 'AlreadyExists',
    message: `${what} exists already, with other settings.`,
    hint: 'Add --upsert to replace them.',
  });
}
