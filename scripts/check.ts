// `npm run check`: every check side by side, each named; the output of those that fail.
import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const checks: Readonly<Record<string, readonly string[]>> = {
  types: ['node_modules/typescript/bin/tsc', '--noEmit'],
  lint: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--quiet', 'src', 'test', 'scripts', 'bench'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', 'src', 'test', 'scripts', 'bench'],
  boundaries: ['scripts/check-boundaries.ts'],
  'dead code': ['node_modules/knip/bin/knip.js', '--no-progress'],
};

function run(name: string, args: readonly string[]): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => {
      process.stdout.write(code === 0 ? `✓ ${name}\n` : `✗ ${name}\n${output}\n`);
      done(code === 0);
    });
  });
}

const results = await Promise.all(Object.entries(checks).map(([name, args]) => run(name, args)));
process.exitCode = results.every(Boolean) ? 0 : 1;
