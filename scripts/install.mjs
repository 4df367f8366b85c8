// Installs the project's packages when they are missing or older than the lock file. Plain JavaScript: it runs on the
// machine's own Node, which may be as old as 18. The packages bring the Node that everything else runs on.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'node_modules', '.windlass-lock');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;

if (!installed) {
  process.stdout.write('windlass: installing packages (about 20 s, once) …\n');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) {
    process.stderr.write(
      'windlass: npm could not install the packages. Is the npm registry reachable? Then run the command again.\n',
    );
    process.exit(run.status ?? 1);
  }
  writeFileSync(stamp, lock);
}
