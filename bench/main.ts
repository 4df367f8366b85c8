// `npm run bench`: the main job on the embedded cluster, and on a real control plane where KUBEBUILDER_ASSETS names one.
// Fails when the product makes more API calls than promised; a wall-clock time never fails it.
import { writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kubebuilderAssets } from '#harness';
import type { ClusterKind } from '#harness';
import { checkCounts } from './main-job/check-counts.ts';
import { renderReport } from './main-job/render-report.ts';
import { runMainJob } from './main-job/run-main-job.ts';
import type { MainJobResult } from './main-job/run-main-job.ts';

const { values } = parseArgs({
  options: {
    applications: { type: 'string', default: '200' },
    commits: { type: 'string', default: '20' },
    'poll-commits': { type: 'string', default: '3' },
    heals: { type: 'string', default: '30' },
    'idle-seconds': { type: 'string', default: '60' },
    /** "real", "embedded" or both, comma-separated. */
    clusters: { type: 'string', default: kubebuilderAssets ? 'real,embedded' : 'embedded' },
  },
});
const output = fileURLToPath(new URL('main-job.json', import.meta.url));
const write = (line: string) => process.stdout.write(`${line}\n`);
if (!kubebuilderAssets) write('KUBEBUILDER_ASSETS is not set: only the embedded cluster is measured.');
const results: MainJobResult[] = [];
for (const kind of values.clusters.split(',') as ClusterKind[]) {
  results.push(
    await runMainJob(kind, {
      applications: Number(values.applications),
      commits: Number(values.commits),
      pollCommits: Number(values['poll-commits']),
      heals: Number(values.heals),
      idleSeconds: Number(values['idle-seconds']),
      report: write,
    }),
  );
}
const machine = { cores: availableParallelism(), memoryGb: Math.round(totalmem() / 2 ** 30), node: process.version };
writeFileSync(output, `${JSON.stringify({ machine, results }, null, 2)}\n`);
write(`\n${machine.cores} cores, ${machine.memoryGb} GB of memory, Node ${machine.node}\n`);
write(renderReport(results));
const broken = results.flatMap(checkCounts);
for (const line of broken) write(`BROKEN ${line}`);
process.exitCode = broken.length > 0 ? 1 : 0;
