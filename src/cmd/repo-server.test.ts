import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { VirtualClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import { tempDir } from '#base/tempdir';
import { startRepoServer } from './repo-server.ts';

const dayMs = 24 * 3_600_000;

it('forgets what nobody asked for in a long time, about once an hour until it is closed', async () => {
  await using directory = await tempDir('windlass-repo-server-');
  const clock = new VirtualClock();
  const cacheDir = join(directory.path, 'cache');
  const record = async (name: string, ageMs: number) => {
    const path = join(cacheDir, 'repo-server', 'records', name.slice(0, 2), `${name}.json`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '{}');
    await utimes(path, new Date(clock.now() - ageMs), new Date(clock.now() - ageMs));
    return path;
  };
  const [old, young] = await Promise.all([record('old', 31 * dayMs), record('young', dayMs)]);
  const manifestsDir = join(directory.path, 'manifests');
  const server = startRepoServer({ cacheDir, manifestsDir, clock, log: silentLogger, metrics: createRegistry() });
  await clock.advance(50 * 60_000);
  expect(existsSync(old)).toBe(true);
  await clock.advance(20 * 60_000);
  await expect.poll(() => existsSync(old)).toBe(false);
  expect(existsSync(young)).toBe(true);
  await expect.poll(() => clock.pending).toBeGreaterThan(0);
  await server.close();
  expect(clock.pending).toBe(0);
});
