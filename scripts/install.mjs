// Installs the project's packages when what is installed is not what the lock file says. Plain JavaScript: it runs on the
// machine's own Node, which may be as old as 18. The packages bring the Node that everything else runs on.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** Compares npm's own record of what it installed with the lock file; packages for other machines may be missing. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/') || link) return true;
    return path in present ? present[path].version === version : optional === true;
  });
}

if (!isInstalled()) {
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
}
