// `npm test`: types, then unit and fast integration tests. Needs no network and no data from outside the clone.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join, dirname } from 'node:path';
import { findNode } from './node.mjs';

await import('./install.mjs');

const root = fileURLToPath(new URL('..', import.meta.url));
const node = findNode();
const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` };
const bin = (name) => join(root, 'node_modules', name);
const steps = [
  [bin('typescript/bin/tsc'), '--noEmit'],
  [bin('vitest/vitest.mjs'), 'run', ...process.argv.slice(2)],
];
for (const args of steps) {
  const run = spawnSync(node, args, { cwd: root, stdio: 'inherit', env });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
