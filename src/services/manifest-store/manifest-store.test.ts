import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { tempDir } from '#base/tempdir';
import type { KubeObject } from '#libs/kube';
import { createManifestStore } from './manifest-store.ts';

const object = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  n: 9007199254740993n,
});
const files = async (dir: string) => (await readdir(dir, { recursive: true })).filter((name) => name.includes('.'));

describe('ManifestStore', () => {
  it('keeps objects under the hash of their content, and knows an empty list from nothing', async () => {
    await using dir = await tempDir();
    const store = createManifestStore({ dir: dir.path, clock: systemClock });
    const digest = await store.put([object('a'), object('b')]);
    expect(await store.put([object('a'), object('b')])).toBe(digest);
    expect(await store.put([object('b'), object('a')])).not.toBe(digest);
    expect(await store.get(digest)).toEqual([object('a'), object('b')]);
    expect(await store.get(await store.put([]))).toEqual([]);
    expect(await store.get('0'.repeat(64))).toBeUndefined();
    await expect(store.get('../x')).rejects.toThrow(/no digest/);
  });

  it('says that a file is damaged instead of giving back less', async () => {
    await using dir = await tempDir();
    const store = createManifestStore({ dir: dir.path, clock: systemClock });
    const digest = await store.put([object('a')]);
    await truncate(join(dir.path, (await files(dir.path))[0] as string), 30);
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'MANIFESTS_DAMAGED' });
  });

  it('collects what nobody keeps and what a crash left behind', async () => {
    await using dir = await tempDir();
    const store = createManifestStore({ dir: dir.path, clock: { ...systemClock, now: () => Date.now() + 3_600_000 } });
    const writer = createManifestStore({ dir: dir.path, clock: systemClock });
    const kept = await writer.put([object('kept')]);
    const lost = await writer.put([object('lost')]);
    await writeFile(join(dir.path, kept.slice(0, 2), `${kept}.gz.x.new`), 'half');
    expect(await writer.collectGarbage({ keep: new Set(), minAgeMs: 60_000 })).toEqual({ removed: 0 });
    expect(await store.collectGarbage({ keep: new Set([kept]), minAgeMs: 60_000 })).toEqual({ removed: 2 });
    expect([await store.has(kept), await store.has(lost)]).toEqual([true, false]);
  });
});
