import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import type { EmbeddedCluster } from './embedded-cluster.ts';
import { startEmbeddedCluster } from './embedded-cluster.ts';
import { loadRolloutCases } from './rollout-case.ts';
import type { RolloutRecording } from './rollout-recording.ts';
import { compareRecordings } from './rollout-recording.ts';
import { runRollout } from './run-rollout.ts';

describe.concurrent('rollouts of the embedded cluster go as those of the real controllers', () => {
  let cluster: EmbeddedCluster;
  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
  });
  afterAll(() => cluster.close());

  for (const script of loadRolloutCases()) {
    it(script.name, async () => {
      const file = join(import.meta.dirname, 'recorded', `${script.name}.yaml`);
      const expected = parse(readFileSync(file, 'utf8')) as RolloutRecording;
      const actual = await runRollout(cluster.client, systemClock, script, script.name);
      expect(compareRecordings(script, expected, actual)).toEqual([]);
    });
  }
});
