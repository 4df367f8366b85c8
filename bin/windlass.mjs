#!/usr/bin/env node
// Starts the command line under the Node that the project brings. Any Node ≥ 18 can run this file.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { basename } from 'node:path';
import { findNode } from '../scripts/node.mjs';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const name = basename(process.argv[1] ?? 'windlass').replace(/\.mjs$/, '');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.env.WINDLASS_PROGRAM ??= name;
  await import('../src/main.ts');
} else {
  let node;
  try {
    node = findNode();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, WINDLASS_PROGRAM: process.env.WINDLASS_PROGRAM ?? name },
  });
  // The terminal sends Ctrl-C to the whole group; forwarding covers a signal sent to this process alone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
}
