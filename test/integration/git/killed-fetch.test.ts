import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gitFixture, text } from './git-fixture.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = `
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { createGitStore } from '#libs/git';
const [dir, url, sha] = process.argv.slice(1);
const store = createGitStore({ dir, clock: systemClock, log: silentLogger });
await store.ensureCommit({ url }, sha, 'refs/heads/main');
`;

describe('a process that is killed while it fetches', () => {
  it('leaves a mirror that works at once', async () => {
    await using fixture = await gitFixture();
    const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i * 7919) % 251));
    const repository = await fixture.server.createRepository('victim', { noise, 'a.txt': 'a' });
    const sha = await repository.git('rev-parse', 'main');
    let stalled = () => undefined as void;
    const isStalled = new Promise<void>((resolve) => (stalled = resolve));
    fixture.server.intercept = (request, response) => {
      const write = response.write.bind(response);
      if (request.method === 'POST') {
        response.write = ((chunk: Buffer) => {
          // The beginning arrives; the rest never does.
          response.write = () => true;
          response.end = () => response;
          setTimeout(stalled, 200);
          return write(chunk.subarray(0, 2000));
        }) as typeof response.write;
      }
      return false;
    };
    const args = ['--input-type=module', '-e', program, fixture.dir, repository.url, sha];
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
    await isStalled;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
    fixture.server.intercept = undefined;

    const tree = await fixture.reopen().tree({ url: repository.url }, sha);

    expect(text(await tree.read('a.txt'))).toBe('a');
    const [mirror = ''] = await readdir(join(fixture.dir, 'mirrors'));
    const packs = await readdir(join(fixture.dir, 'mirrors', mirror, 'objects', 'pack'));
    expect(packs.filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });
});
