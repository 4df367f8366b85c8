import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { exec } from '#base/exec';
import { silentLogger } from '#base/log';
import { startKubeApiserver } from '#components/kube-apiserver';
import { HttpTarget } from './http-target.ts';

/** An API server under test; nothing but the server itself: no controllers change what a test just wrote. */
export interface Target extends AsyncDisposable {
  readonly name: 'embedded' | 'real';
  readonly http: HttpTarget;
}

export const assets = process.env['KUBEBUILDER_ASSETS'];

export async function embeddedTarget(): Promise<Target> {
  const server = await startKubeApiserver({ dataDir: ':memory:', port: 0, clock: systemClock, log: silentLogger });
  const http = new HttpTarget(server.url, { ca: server.caPem, token: server.token });
  return {
    name: 'embedded',
    http,
    async [Symbol.asyncDispose]() {
      http.close();
      await server.close();
    },
  };
}

/** etcd and kube-apiserver as plain processes on free ports. */
export async function realTarget(binaries: string): Promise<Target> {
  const directory = await mkdtemp(join(tmpdir(), 'windlass-kube-'));
  const [etcd, peer, api] = await freePorts(3);
  const token = randomBytes(16).toString('hex');
  await writeFile(join(directory, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  await exec('openssl', ['genrsa', '-out', join(directory, 'sa.key'), '2048']);
  const children = [
    start(join(binaries, 'etcd'), directory, [
      `--data-dir=${join(directory, 'etcd')}`,
      `--listen-client-urls=http://127.0.0.1:${etcd}`,
      `--advertise-client-urls=http://127.0.0.1:${etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ]),
    start(join(binaries, 'kube-apiserver'), directory, [
      `--etcd-servers=http://127.0.0.1:${etcd}`,
      `--cert-dir=${join(directory, 'certs')}`,
      `--secure-port=${api}`,
      '--bind-address=127.0.0.1',
      `--service-account-key-file=${join(directory, 'sa.key')}`,
      `--service-account-signing-key-file=${join(directory, 'sa.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--token-auth-file=${join(directory, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--allow-privileged=true',
    ]),
  ];
  const http = new HttpTarget(`https://127.0.0.1:${api}`, { ca: undefined, token });
  await ready(http);
  return {
    name: 'real',
    http,
    async [Symbol.asyncDispose]() {
      http.close();
      await Promise.all(children.reverse().map(stop));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function start(program: string, cwd: string, args: readonly string[]): ChildProcess {
  return spawn(program, [...args], { cwd, stdio: 'ignore' });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function ready(http: HttpTarget): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const answer = await http.json('GET', '/readyz').catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The real kube-apiserver did not become ready.');
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
