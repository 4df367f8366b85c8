import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { systemClock } from '#base/clock';
import { createKubeClient, loadKubeconfig } from '#libs/kube';
import { loadRolloutCases } from './rollout-case.ts';
import { runRollout } from './run-rollout.ts';

/** Plays the scripted rollouts against the real controllers (KUBECONFIG) and keeps what happened as the expectation. Arguments: names of cases. */
const only = new Set(process.argv.slice(2));
const client = createKubeClient(loadKubeconfig(process.env['KUBECONFIG'] ?? ''));
const folder = join(import.meta.dirname, 'recorded');
mkdirSync(folder, { recursive: true });
for (const script of loadRolloutCases()) {
  if (only.size > 0 && !only.has(script.name)) continue;
  try {
    const recording = await runRollout(
      client,
      systemClock,
      script,
      `rollout-${script.name}-${systemClock.now() % 100_000}`,
    );
    writeFileSync(join(folder, `${script.name}.yaml`), stringify(recording, { lineWidth: 160 }));
    process.stdout.write(`recorded ${script.name}\n`);
  } catch (error) {
    process.stdout.write(`failed ${script.name}: ${String(error)}\n`);
    process.exitCode = 1;
  }
}
await client.close();
