import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlPlane } from './control-plane.ts';
import { startControlPlane } from './control-plane.ts';
import { runPrediction } from './run-prediction.ts';
import { samples } from './sample-kinds.ts';

const assets = process.env['KUBEBUILDER_ASSETS'];

// Needs etcd and kube-apiserver: KUBEBUILDER_ASSETS names the directory that holds them.
describe.skipIf(assets === undefined)('predictApply against a real API server (KUBEBUILDER_ASSETS)', () => {
  let server: ControlPlane;

  beforeAll(async () => {
    server = await startControlPlane(assets ?? '');
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  test('equals the forced dry run, owners and conflicts included, for generated objects of every kind', async () => {
    const run = await runPrediction(server, { seed: 20_261_125, livesPerKind: 10, desiredPerLive: 4 });
    const { triples, conflicts, invalid, removals, duplicates, unchanged, unchangedQuickly, writes } = run;
    console.log({
      triples,
      kinds: run.kinds.size,
      conflicts,
      invalid,
      removals,
      duplicates,
      unchanged,
      unchangedQuickly,
      writes,
    });
    expect(run.mismatches).toEqual([]);
    expect(triples).toBeGreaterThanOrEqual(2000);
    expect(run.kinds.size).toBe(samples.length);
    expect(run.kinds.size).toBeGreaterThanOrEqual(43);
    expect(conflicts).toBeGreaterThan(300);
    expect(removals).toBeGreaterThan(300);
    expect(duplicates).toBeGreaterThan(10);
    expect(writes).toBeGreaterThan(500);
  }, 300_000);
});
