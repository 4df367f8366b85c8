// Writes docs/real-applications.md: the list of test/integration/real-applications, run on both clusters.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kubebuilderAssets } from '#harness';
import { renderTable } from '../test/integration/real-applications/render-table.ts';
import { runApplications } from '../test/integration/real-applications/run-applications.ts';
import type { RunResult } from '../test/integration/real-applications/run-applications.ts';

const page = fileURLToPath(new URL('../docs/real-applications.md', import.meta.url));
const dataDir = process.env['WINDLASS_TEST_DATA'];
if (dataDir === undefined || kubebuilderAssets === undefined) {
  process.stderr.write('Set WINDLASS_TEST_DATA and KUBEBUILDER_ASSETS: the page shows a run on both clusters.\n');
  process.exit(1);
}
const embedded = await runApplications(dataDir, 'embedded');
const real = await runApplications(dataDir, 'real');
writeFileSync(page, renderTable({ embedded, real }));
for (const [kind, results] of Object.entries({ embedded, real })) for (const result of results) report(kind, result);

/** One line for each that did not become what is expected of it. */
function report(kind: string, { application, observation, missing, unhealthy, skipped }: RunResult): void {
  const unexpected = unhealthy.filter(({ kind: one }) => !application.unhealthyKinds?.includes(one));
  const isGood = observation?.seconds !== undefined && missing.length === 0 && unexpected.length === 0;
  if (skipped || isGood) return;
  const { sync, health, phase, message, conditions, resources } = observation ?? {};
  const bad = resources?.filter((one) => one.status !== 'Synced');
  process.stdout.write(
    `${kind} ${application.name}: ${JSON.stringify({ sync, health, phase, message, conditions, missing, unexpected, bad })}\n`,
  );
}
