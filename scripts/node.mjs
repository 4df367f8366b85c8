// Finds the Node that the project runs on: the one that npm brought, else the current one when it is new enough.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const wanted = 24;

/** Path of a Node ≥ 24. Throws when there is none, saying what to do. */
export function findNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const root = fileURLToPath(new URL('..', import.meta.url));
  const brought = join(
    root,
    'node_modules',
    `node-${platform}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(brought)) return brought;
  if (Number(process.versions.node.split('.')[0]) >= wanted) return process.execPath;
  throw new Error(
    `windlass needs Node ${wanted} or newer; this is ${process.versions.node} and npm brings none for ${platform}-${process.arch}. Install Node ${wanted} and try again.`,
  );
}
