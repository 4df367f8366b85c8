import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#base/clock';
import { tempDir } from '#base/tempdir';
import { createKubeClient, parseKubeconfig } from '#libs/kube';
import type { ClusterConnection, KubeClient } from '#libs/kube';

/** Folder with etcd, kube-apiserver and the like, by the envtest convention; undefined when the suites that need it shall skip. */
export const kubebuilderAssets = process.env['KUBEBUILDER_ASSETS'];

export interface ControlPlaneOptions {
  /** kube-controller-manager, scheduler and kwok's simulated node too. Default true. */
  readonly controllers?: boolean;
}

/** A real Kubernetes control plane on loopback, stopped by `await using`. */
export interface ControlPlane extends AsyncDisposable {
  readonly url: string;
  /** Path of a kubeconfig file for kubectl and child processes. */
  readonly kubeconfig: string;
  readonly connection: ClusterConnection;
  /** The administrator's client. */
  readonly client: KubeClient;
}

const stages = fileURLToPath(new URL('kwok-stages.yaml', import.meta.url));

/** Starts the programs in KUBEBUILDER_ASSETS in a directory of their own, on free ports. Takes a few seconds. */
export async function startControlPlane({ controllers = true }: ControlPlaneOptions = {}): Promise<ControlPlane> {
  if (kubebuilderAssets === undefined) throw new Error('KUBEBUILDER_ASSETS is not set.');
  const directory = await tempDir('windlass-control-plane-');
  const children: ChildProcess[] = [];
  const run = (name: string, flags: Readonly<Record<string, string | number | boolean>>) => {
    const log = openSync(join(directory.path, `${name}.log`), 'w');
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    children.push(spawn(join(kubebuilderAssets, name), args, { stdio: ['ignore', log, log] }));
  };
  const stop = async () => {
    await Promise.all(children.toReversed().map(stopChild));
    await directory[Symbol.asyncDispose]();
  };
  try {
    const server = await startServer(directory.path, run);
    if (controllers) await startControllers(directory.path, server, run);
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server.client.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Run = (name: string, flags: Readonly<Record<string, string | number | boolean>>) => void;
type Server = Omit<ControlPlane, typeof Symbol.asyncDispose>;

async function startServer(directory: string, run: Run): Promise<Server> {
  const [etcdPort, peerPort, port] = await freePorts(3);
  const token = randomBytes(16).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const keyFile = join(directory, 'sa.key');
  const tokenFile = join(directory, 'tokens.csv');
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  await writeFile(tokenFile, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  run('etcd', {
    'data-dir': join(directory, 'etcd'),
    'unsafe-no-fsync': true,
    'listen-client-urls': etcdUrl,
    'advertise-client-urls': etcdUrl,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `default=${peerUrl}`,
  });
  run('kube-apiserver', {
    'etcd-servers': etcdUrl,
    'cert-dir': join(directory, 'certs'),
    'secure-port': Number(port),
    'bind-address': '127.0.0.1',
    'service-account-key-file': keyFile,
    'service-account-signing-key-file': keyFile,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'token-auth-file': tokenFile,
    'authorization-mode': 'RBAC',
    'service-cluster-ip-range': '10.96.0.0/16',
    'allow-privileged': true,
  });
  const caPem = await eventually('the API server wrote its certificate', async () => {
    const pem = await readFile(join(directory, 'certs', 'apiserver.crt'), 'utf8');
    return pem.includes('END CERTIFICATE') ? pem : undefined;
  });
  const url = `https://127.0.0.1:${port}`;
  const kubeconfig = join(directory, 'kubeconfig');
  const text = buildKubeconfig(url, caPem, token);
  await writeFile(kubeconfig, text, { mode: 0o600 });
  const connection = parseKubeconfig(text, { file: kubeconfig });
  const client = createKubeClient(connection);
  await eventually('the API server is ready', async () =>
    (await client.request('GET', '/readyz', { as: 'text' })) === 'ok' ? true : undefined,
  );
  return { url, kubeconfig, connection, client };
}

async function startControllers(directory: string, { kubeconfig, client }: Server, run: Run): Promise<void> {
  const [managerPort, schedulerPort] = await freePorts(2);
  const identity = { kubeconfig, 'authentication-kubeconfig': kubeconfig, 'authorization-kubeconfig': kubeconfig };
  const pace = { 'leader-elect': false, 'bind-address': '127.0.0.1', 'kube-api-qps': 500, 'kube-api-burst': 1000 };
  run('kube-controller-manager', {
    ...identity,
    ...pace,
    'service-account-private-key-file': join(directory, 'sa.key'),
    'root-ca-file': join(directory, 'certs', 'apiserver.crt'),
    'use-service-account-credentials': false,
    'secure-port': Number(managerPort),
    'cert-dir': join(directory, 'certs', 'manager'),
  });
  if (existsSync(join(String(kubebuilderAssets), 'kwok'))) {
    run('kube-scheduler', {
      ...identity,
      ...pace,
      'secure-port': Number(schedulerPort),
      'cert-dir': join(directory, 'certs', 'scheduler'),
    });
    run('kwok', { kubeconfig, config: stages, 'manage-all-nodes': true, 'node-lease-duration-seconds': 40 });
    await client.request('POST', '/api/v1/nodes', {
      body: {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: 'node-0',
          labels: { 'kubernetes.io/hostname': 'node-0', type: 'kwok' },
          annotations: { 'kwok.x-k8s.io/node': 'fake' },
        },
      },
    });
  }
  await eventually('the default service account exists', () =>
    client.request('GET', '/api/v1/namespaces/default/serviceaccounts/default'),
  );
}

function buildKubeconfig(url: string, caPem: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'local', cluster: { server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64') } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'admin' } }],
    'current-context': 'local',
  });
}

/** Free ports outside the range from which the kernel takes ports for outgoing connections. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Repeats what may fail while programs start; they offer nothing to watch yet. */
async function eventually<T>(what: string, attempt: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const end = systemClock.monotonic() + timeoutMs;
  for (;;) {
    try {
      const value = await attempt();
      if (value !== undefined) return value;
    } catch (error) {
      if (systemClock.monotonic() > end) throw new Error(`Gave up waiting: ${what}.`, { cause: error });
    }
    if (systemClock.monotonic() > end) throw new Error(`Gave up waiting: ${what}.`);
    await systemClock.sleep(100);
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const cancel = systemClock.after(5000, () => child.kill('SIGKILL'));
  await exited;
  cancel();
}
