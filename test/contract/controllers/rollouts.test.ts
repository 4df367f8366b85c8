import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import type { KubeClient } from '#libs/kube';
import { kubebuilderAssets } from '#harness';
import { startEmbeddedCluster } from './embedded-cluster.ts';
import { startOnRealServer } from './on-real-server.ts';
import { loadRolloutCases } from './rollout-case.ts';
import type { RolloutRecording } from './rollout-recording.ts';
import { compareRecordings } from './rollout-recording.ts';
import { runRollout } from './run-rollout.ts';

interface Target {
  readonly client: KubeClient;
  close(): Promise<void>;
}

/** Our controllers must do what the real ones were recorded to do, whichever API server is below them. */
function compareWithRecordings(start: () => Promise<Target>): void {
  let target: Target;
  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target.close());

  for (const script of loadRolloutCases()) {
    it(script.name, async () => {
      const file = join(import.meta.dirname, 'recorded', `${script.name}.yaml`);
      const expected = parse(readFileSync(file, 'utf8')) as RolloutRecording;
      const actual = await runRollout(target.client, systemClock, script, script.name);
      expect(compareRecordings(script, expected, actual)).toEqual([]);
    });
  }
}

describe.concurrent('rollouts of the embedded cluster', () => compareWithRecordings(startEmbeddedCluster));

// Skipped where KUBEBUILDER_ASSETS names no control plane.
describe.skipIf(kubebuilderAssets === undefined)(
  'rollouts by our controllers on a real API server',
  { concurrent: true },
  () => compareWithRecordings(startOnRealServer),
);
