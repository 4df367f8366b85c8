import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { chmod, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { Secret } from '#base/secret';
import { tempDir } from '#base/tempdir';
import { createTestCertificate, startHttpServer } from '#harness';
import { gitFixture, text } from './git-fixture.ts';

const files = { 'README.md': 'hello\n' };
const wrong = new Secret('canary-wrong');

describe('credentials over HTTP', () => {
  it('sends user and password, and says so when they are wrong or missing', async () => {
    await using fixture = await gitFixture({ auth: { username: 'u', password: 'p' } });
    const { url } = await fixture.server.createRepository('basic', files);
    const { store } = fixture;
    const { sha } = await store.resolve({ url, username: 'u', password: new Secret('p') }, 'main');
    expect(sha).toMatch(/^\w{40}$/);
    await expect(store.resolve({ url, username: 'u', password: wrong }, 'main')).rejects.toMatchObject({
      code: 'GIT_AUTH_FAILED',
      message: `The Git repository "${url}" rejected the credentials.`,
    });
    await expect(store.resolve({ url }, 'main')).rejects.toMatchObject({ code: 'GIT_AUTH_FAILED' });
    const inUrl = url.replace('//', '//u:p@');
    expect((await store.resolve({ url: inUrl }, 'main')).sha).toBe(sha);
    await expect(store.resolve({ url: url.replace('//', '//u:canary@') }, 'main')).rejects.not.toThrow(/canary/);
  });

  it('sends a bearer token', async () => {
    await using fixture = await gitFixture({ auth: { bearer: 't' } });
    const { url } = await fixture.server.createRepository('bearer', files);
    const access = { url, bearerToken: new Secret('t') };
    const { sha } = await fixture.store.resolve(access, 'main');
    expect(text(await (await fixture.store.tree(access, sha)).read('README.md'))).toBe('hello\n');
  });

  it.each([
    [401, 'GIT_AUTH_FAILED'],
    [403, 'GIT_AUTH_FAILED'],
    [404, 'GIT_REPOSITORY_NOT_FOUND'],
    [429, 'GIT_UNREACHABLE'],
    [500, 'GIT_UNREACHABLE'],
  ])('reads status %i as %s', async (status, code) => {
    await using fixture = await gitFixture();
    const { url } = await fixture.server.createRepository('status', files);
    fixture.server.intercept = (_request, response) => (response.writeHead(status).end('<html>body</html>'), true);
    await expect(fixture.store.resolve({ url }, 'main')).rejects.toMatchObject({ code });
  });

  it('names what is wrong when nobody answers, or something that is no Git server', async () => {
    await using fixture = await gitFixture();
    const { store, server } = fixture;
    await expect(store.resolve({ url: 'http://127.0.0.1:1/x.git' }, 'main')).rejects.toMatchObject({
      code: 'GIT_UNREACHABLE',
      retry: 'later',
    });
    await expect(store.resolve({ url: `${server.url}/none.git` }, 'main')).rejects.toMatchObject({
      code: 'GIT_REPOSITORY_NOT_FOUND',
    });
    server.intercept = (_request, response) => (response.end('<html>welcome</html>'), true);
    await expect(store.resolve({ url: `${server.url}/x.git` }, 'main')).rejects.toMatchObject({
      code: 'GIT_UNREACHABLE',
    });
  });

  it('recovers after a failure, and from a connection that died while idle', async () => {
    await using fixture = await gitFixture();
    const { url } = await fixture.server.createRepository('again', files);
    const first = await fixture.store.resolve({ url }, 'main');
    fixture.server.intercept = (request) => (request.socket.destroy(), true);
    await expect(fixture.store.resolve({ url }, 'main')).rejects.toMatchObject({ code: 'GIT_UNREACHABLE' });
    fixture.server.intercept = undefined;
    expect(await fixture.store.resolve({ url }, 'main')).toEqual(first);
  });

  it('accepts no more than the limits allow', async () => {
    await using fixture = await gitFixture({ store: { limits: { maxPackBytes: 500 } } });
    const big = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31) % 251));
    const repository = await fixture.server.createRepository('big', { big });
    const sha = await repository.git('rev-parse', 'main');
    const ensure = fixture.store.ensureCommit({ url: repository.url }, sha);
    await expect(ensure).rejects.toMatchObject({ code: 'GIT_LIMIT_EXCEEDED' });
  });

  it('gives up when the server hangs, and at once when the caller does', async () => {
    const { VirtualClock } = await import('#base/clock');
    const clock = new VirtualClock();
    await using fixture = await gitFixture({ store: { clock } });
    const { url } = await fixture.server.createRepository('hang', files);
    let asked = () => undefined as void;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    fixture.server.intercept = () => (asked(), true);
    const waiting = fixture.store.resolve({ url }, 'main');
    waiting.catch(() => undefined);
    await isAsked;
    await clock.advance(16_000);
    await expect(waiting).rejects.toMatchObject({ code: 'GIT_UNREACHABLE' });
    const controller = new AbortController();
    const cancelled = fixture.store.resolve({ url }, 'main', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(cancelled).rejects.toThrow('enough');
  });

  it('installs nothing of a pack that breaks off', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('broken', {
      big: Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251)),
    });
    const access = { url: repository.url };
    const { sha } = await fixture.store.resolve(access, 'main');
    fixture.server.intercept = (request, response) => {
      const write = response.write.bind(response);
      if (request.method === 'POST') {
        response.write = ((chunk: Buffer) => {
          write(chunk.subarray(0, 1000));
          response.write = () => true;
          response.end = () => response.destroy();
          return true;
        }) as typeof response.write;
      }
      return false;
    };
    await expect(fixture.store.ensureCommit(access, sha)).rejects.toMatchObject({ kind: 'Unavailable' });
    const left = await readdir(join(fixture.dir, 'mirrors'), { recursive: true });
    expect(left.filter((name) => /pack$|tmp_|incoming/.test(name) && !name.endsWith('objects/pack'))).toEqual([]);
    fixture.server.intercept = undefined;
    await fixture.store.ensureCommit(access, sha);
    expect((await fixture.store.commit(access, sha)).sha).toBe(sha);
  });
});

describe('redirects', () => {
  it('are followed on the same server with credentials', async () => {
    await using fixture = await gitFixture({ auth: { username: 'u', password: 'p' } });
    await fixture.server.createRepository('new-name', files);
    fixture.server.intercept = (request, response) => {
      if (!request.url?.startsWith('/old-name')) return false;
      response.writeHead(301, { location: request.url.replace('/old-name', '/new-name.git') }).end();
      return true;
    };
    const access = { url: `${fixture.server.url}/old-name`, username: 'u', password: new Secret('p') };
    const { sha } = await fixture.store.resolve(access, 'main');
    expect(text(await (await fixture.store.tree(access, sha)).read('README.md'))).toBe('hello\n');
    await fixture.store.resolve(access, 'main');
    expect(fixture.server.requests.filter(({ path }) => path.startsWith('/old-name'))).toHaveLength(1);
  });

  it('to another server carry no credentials', async () => {
    await using other = await startHttpServer((_request, response) => void response.writeHead(401).end());
    await using fixture = await gitFixture();
    fixture.server.intercept = (request, response) => (
      response.writeHead(302, { location: other.url + request.url }).end(),
      true
    );
    const access = { url: `${fixture.server.url}/x.git`, username: 'u', password: new Secret('p') };
    await expect(fixture.store.resolve(access, 'main')).rejects.toMatchObject({ code: 'GIT_AUTH_FAILED' });
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it.each(['file:///etc/passwd', 'ftp://x/y', '::::'])('to %s are refused', async (location) => {
    await using fixture = await gitFixture();
    fixture.server.intercept = (_request, response) => (response.writeHead(302, { location }).end(), true);
    await expect(fixture.store.resolve({ url: `${fixture.server.url}/x.git` }, 'main')).rejects.toMatchObject({
      code: /GIT_/,
    });
  });
});

describe('TLS', () => {
  it('trusts a private authority or everything when told so, nothing else', async () => {
    const tls = await createTestCertificate();
    await using fixture = await gitFixture({ tls });
    const { url } = await fixture.server.createRepository('tls', files);
    for (const access of [
      { url, caPem: tls.cert },
      { url, insecure: true },
    ]) {
      const { sha } = await fixture.store.resolve(access, 'main');
      expect(text(await (await fixture.store.tree(access, sha)).read('README.md'))).toBe('hello\n');
    }
    await expect(fixture.store.resolve({ url }, 'main')).rejects.toMatchObject({
      code: 'GIT_UNREACHABLE',
      message: expect.stringContaining('self-signed') as string,
    });
  });

  it('shows a client certificate', async () => {
    const tls = await createTestCertificate();
    const client = await createTestCertificate('client');
    await using fixture = await gitFixture({ tls: { ...tls, clientCa: client.cert } });
    const { url } = await fixture.server.createRepository('mtls', files);
    const access = { url, caPem: tls.cert, clientCert: client.cert, clientKey: new Secret(client.key) };
    expect((await fixture.store.resolve(access, 'main')).sha).toMatch(/^\w{40}$/);
    await expect(fixture.store.resolve({ url, caPem: tls.cert }, 'main')).rejects.toMatchObject({
      code: 'GIT_UNREACHABLE',
    });
  });

  it('reaches old servers with authority and client certificate through Git itself', async () => {
    const tls = await createTestCertificate();
    const client = await createTestCertificate('client');
    await using fixture = await gitFixture({
      tls: { ...tls, clientCa: client.cert },
      protocolVersion: 0,
      auth: { username: 'u', password: 'p' },
    });
    const { url } = await fixture.server.createRepository('old', files);
    const access = {
      url,
      username: 'u',
      password: new Secret('p'),
      caPem: tls.cert,
      clientCert: client.cert,
      clientKey: new Secret(client.key),
    };
    const { sha } = await fixture.store.resolve(access, 'main');
    expect(text(await (await fixture.store.tree(access, sha)).read('README.md'))).toBe('hello\n');
    expect(await readdir(join(fixture.dir, 'home', 'keys'))).toEqual([]);
  });
});

describe('proxies', () => {
  it('carry requests, except to hosts that are named', async () => {
    const tls = await createTestCertificate();
    await using fixture = await gitFixture({ tls });
    const { url } = await fixture.server.createRepository('proxied', files);
    const connects: string[] = [];
    const proxy = createServer((socket) => {
      socket.once('data', (head: Buffer) => {
        const [, target = ''] = /^CONNECT (\S+)/.exec(head.toString()) ?? [];
        connects.push(target);
        const upstream = connect(Number(target.split(':')[1]), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(upstream).pipe(socket);
        });
        for (const side of [socket, upstream]) side.on('error', () => side.destroy());
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      await fixture.store.resolve({ url, caPem: tls.cert, proxy: proxyUrl }, 'main');
      expect(new Set(connects)).toEqual(new Set([new URL(url).host]));
      const tunnels = connects.length;
      await fixture.store.resolve({ url, caPem: tls.cert, proxy: proxyUrl, noProxy: 'example.com, 127.0.0.1' }, 'main');
      expect(connects).toHaveLength(tunnels);
    } finally {
      proxy.close();
    }
  });
});

describe('GitHub App', () => {
  it('makes an installation token, keeps it, and sends it as password', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await using api = await startHttpServer((request, response) => {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      const [head, body, signature = ''] = token.split('.');
      const isValid = createVerify('RSA-SHA256')
        .update(`${head}.${body}`)
        .verify(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), signature, 'base64url');
      const isRight = isValid && request.url === '/app/installations/42/access_tokens';
      const expires = new Date(systemClock.now() + 3_600_000).toISOString();
      response.writeHead(isRight ? 201 : 401);
      response.end(JSON.stringify(isRight ? { token: 'installation-token', expires_at: expires } : {}));
    });
    await using fixture = await gitFixture({ auth: { username: 'x-access-token', password: 'installation-token' } });
    const { url } = await fixture.server.createRepository('app', files);
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const githubApp = { appId: '7', installationId: '42', apiBaseUrl: api.url, privateKey: new Secret(pem) };
    await fixture.store.resolve({ url, githubApp }, 'main');
    await fixture.store.resolve({ url, githubApp }, 'main');
    expect(api.requests).toHaveLength(1);
    const broken = { ...githubApp, privateKey: new Secret('canary') };
    await expect(fixture.store.resolve({ url, githubApp: broken }, 'main')).rejects.toMatchObject({
      code: 'GITHUB_APP_FAILED',
    });
  });
});

describe('SSH', () => {
  /** Stands in for ssh: notes its arguments and runs the command here. */
  async function fakeSsh(dir: string): Promise<string> {
    const path = join(dir, "s's h");
    const script = `#!/bin/sh
for a; do printf '%s\\n' "$a" >> "${dir}/args"; done
while [ $# -gt 2 ]; do
  case "$1" in
    -i) cat "$2" > "${dir}/key"; stat -c %a "$2" > "${dir}/mode"; shift 2;;
    -o) case "$2" in UserKnownHostsFile=*) cat "\${2#*=}" > "${dir}/known" 2>/dev/null;; esac; shift 2;;
    -F) shift 2;;
    *) shift;;
  esac
done
exec sh -c "$2"
`;
    await writeFile(path, script);
    await chmod(path, 0o755);
    return path;
  }

  it('uses the key and the known hosts from private files that go away', async () => {
    await using dir = await tempDir();
    await using fixture = await gitFixture({ store: { sshPath: await fakeSsh(dir.path) } });
    const repository = await fixture.server.createRepository('ssh', files);
    const access = {
      url: `ssh://git@localhost${repository.dir}`,
      sshPrivateKey: new Secret('-----BEGIN KEY-----\r\ncanary\r\n-----END KEY-----'),
      knownHosts: 'localhost ssh-ed25519 AAAA',
    };
    const { sha, ref } = await fixture.store.resolve(access, '');
    expect(ref).toBe('refs/heads/main');
    expect(text(await (await fixture.store.tree(access, sha)).read('README.md'))).toBe('hello\n');
    const args = await readFile(join(dir.path, 'args'), 'utf8');
    expect(args).toContain('StrictHostKeyChecking=yes');
    expect(args).not.toContain('canary');
    expect(await readFile(join(dir.path, 'key'), 'utf8')).toBe('-----BEGIN KEY-----\ncanary\n-----END KEY-----\n');
    expect((await readFile(join(dir.path, 'mode'), 'utf8')).trim()).toBe('600');
    expect(await readFile(join(dir.path, 'known'), 'utf8')).toBe('localhost ssh-ed25519 AAAA\n');
    expect(await readdir(join(fixture.dir, 'home', 'keys'))).toEqual([]);
  });

  it('tells apart a dead host, a refused login and a missing repository', async () => {
    await using dir = await tempDir();
    await using fixture = await gitFixture({ store: { sshPath: await fakeSsh(dir.path) } });
    const port = new URL(fixture.server.url).port;
    const missing = { url: `ssh://git@127.0.0.1:${port}/nowhere/x.git` };
    await expect(fixture.store.resolve(missing, 'main')).rejects.toMatchObject({ code: 'GIT_REPOSITORY_NOT_FOUND' });
    const dead = { url: 'ssh://git@127.0.0.1:1/x.git' };
    await expect(fixture.store.resolve(dead, 'main')).rejects.toMatchObject({
      code: 'GIT_UNREACHABLE',
      message: expect.stringContaining('refused') as string,
    });
    // The real ssh, at a port where something else answers.
    await using real = await gitFixture();
    await expect(real.store.resolve(missing, 'main')).rejects.toMatchObject({
      code: 'GIT_AUTH_FAILED',
      message: expect.stringContaining('No known hosts are configured') as string,
    });
  });

  it.each(['ssh://-oProxyCommand=touch/x', '-oProxyCommand=x:y', 'git@-x:y', "ext::sh -c 'id'", 'git@host:', ''])(
    'refuses the URL %j',
    async (url) => {
      await using fixture = await gitFixture();
      await expect(fixture.store.resolve({ url }, 'main')).rejects.toMatchObject({
        code: expect.stringMatching(/^GIT_URL_/) as string,
      });
    },
  );
});

describe('plain http', () => {
  it('is refused beyond loopback unless the repository is marked insecure', async () => {
    await using fixture = await gitFixture();
    const url = 'http://git.example.invalid/x.git';
    await expect(fixture.store.resolve({ url }, 'main')).rejects.toMatchObject({ code: 'GIT_URL_FORBIDDEN' });
    await expect(fixture.store.resolve({ url, insecure: true }, 'main')).rejects.toMatchObject({
      code: 'GIT_UNREACHABLE',
    });
  });
});
