import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A private directory that goes away with `await using`. */
export async function tempDir(
  prefix = 'windlass-',
  parent = tmpdir(),
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(parent, prefix));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
