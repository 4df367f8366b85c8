import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WindlassError } from '#base/errors';
import { sha256 } from '#base/hash';
import { isRecord } from '#base/json';
import type { DeploymentManifests } from '#components/application-controller';
import type { ManifestStore } from '#services/manifest-store';

const format = 'windlass-deployments/v1';

/** Remembers beside the store which digests the deployments of each application have: one small file per application. */
export function createDeploymentManifests(store: ManifestStore, dir: string): DeploymentManifests {
  const records = join(dir, 'deployments');
  const fileOf = (owner: string) => join(records, `${sha256(owner)}.json`);
  return {
    read: (digest) => store.get(digest),
    async retain(owner, deployments) {
      await mkdir(records, { recursive: true, mode: 0o700 });
      const fresh = `${fileOf(owner)}.${randomUUID()}.new`;
      try {
        await writeFile(fresh, JSON.stringify({ format, owner, deployments }), { mode: 0o600, flush: true });
        await rename(fresh, fileOf(owner));
      } finally {
        await rm(fresh, { force: true });
      }
    },
    async retained(owner) {
      const text = await readFile(fileOf(owner), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return {};
      return parseDeployments(text, owner);
    },
  };
}

function parseDeployments(text: string, owner: string): Record<string, string> {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw damaged(owner, cause);
  }
  if (!isRecord(record) || record['format'] !== format || !isRecord(record['deployments'])) throw damaged(owner);
  return Object.fromEntries(Object.entries(record['deployments']).map(([id, digest]) => [id, String(digest)]));
}

function damaged(owner: string, cause?: unknown): WindlassError {
  return new WindlassError({
    code: 'DEPLOYMENT_RECORD_DAMAGED',
    kind: 'Internal',
    message: `The record of the deployments of "${owner}" cannot be read.`,
    hint: 'Roll back by a Git revert; the record is written anew with the next deployment.',
    retry: 'never',
    cause,
  });
}
