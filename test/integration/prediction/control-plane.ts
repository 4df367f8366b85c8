import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { systemClock } from '#base/clock';
import { tempDir } from '#base/tempdir';
import { Pool } from 'undici';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly contentType?: string;
}

/** A real etcd and kube-apiserver on loopback, with a client that is its administrator. */
export interface ControlPlane extends AsyncDisposable {
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
}

/** Starts both from the programs in `assets` (KUBEBUILDER_ASSETS) in a directory of their own. */
export async function startControlPlane(assets: string): Promise<ControlPlane> {
  const directory = await tempDir('windlass-prediction-');
  const [etcdPort, peerPort, apiPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const token = randomBytes(16).toString('hex');
  const keyFile = join(directory.path, 'sa.key');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  await writeFile(join(directory.path, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const children = [
    spawn(
      join(assets, 'etcd'),
      [
        '--data-dir',
        join(directory.path, 'etcd'),
        '--unsafe-no-fsync',
        '--listen-client-urls',
        etcdUrl,
        '--advertise-client-urls',
        etcdUrl,
        '--listen-peer-urls',
        peerUrl,
        '--initial-advertise-peer-urls',
        peerUrl,
        '--initial-cluster',
        `default=${peerUrl}`,
      ],
      { stdio: 'ignore' },
    ),
    spawn(
      join(assets, 'kube-apiserver'),
      [
        '--etcd-servers',
        etcdUrl,
        '--cert-dir',
        join(directory.path, 'certs'),
        '--secure-port',
        String(apiPort),
        '--bind-address',
        '127.0.0.1',
        '--service-account-key-file',
        keyFile,
        '--service-account-signing-key-file',
        keyFile,
        '--service-account-issuer',
        'https://kubernetes.default.svc',
        '--token-auth-file',
        join(directory.path, 'tokens.csv'),
        '--authorization-mode',
        'RBAC',
        '--service-cluster-ip-range',
        '10.96.0.0/16',
        '--allow-privileged=true',
        '--disable-admission-plugins',
        'ServiceAccount,DefaultTolerationSeconds',
      ],
      { stdio: 'ignore' },
    ),
  ];
  const stop = async () => {
    await Promise.all(children.map(stopChild));
    await directory[Symbol.asyncDispose]();
  };
  try {
    const pool = await connect(apiPort, join(directory.path, 'certs', 'apiserver.crt'));
    const send = (method: string, path: string, options: SendOptions = {}) =>
      request(pool, token, { method, path, options });
    await waitUntilReady(send);
    return {
      send,
      async [Symbol.asyncDispose]() {
        await pool.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const cancel = systemClock.after(5000, () => child.kill('SIGKILL'));
  await exited;
  cancel();
}

/** The server writes its certificate when it starts. */
async function connect(port: number, certificateFile: string): Promise<Pool> {
  for (let attempt = 0; ; attempt++) {
    try {
      const ca = await readFile(certificateFile, 'utf8');
      if (ca.includes('END CERTIFICATE'))
        return new Pool(`https://127.0.0.1:${port}`, { connections: 16, allowH2: false, connect: { ca } });
    } catch (error) {
      if (attempt > 200) throw error;
    }
    await systemClock.sleep(100);
  }
}

async function waitUntilReady(send: ControlPlane['send']): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const ready = await send('GET', '/readyz').catch(() => undefined);
    if (ready?.status === 200) return;
    await systemClock.sleep(100);
  }
  throw new Error('kube-apiserver did not become ready within 40 s.');
}

interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly options: SendOptions;
}

async function request(pool: Pool, token: string, { method, path, options }: PlainRequest): Promise<Answer> {
  const { statusCode, body } = await pool.request({
    method,
    path,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(options.body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  });
  const text = await body.text();
  return { status: statusCode, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text } };
}
