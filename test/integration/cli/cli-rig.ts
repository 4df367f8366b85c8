import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { createRegistry } from '#base/metrics';
import { tempDir } from '#base/tempdir';
import { createProgram } from '#components/cli';
import type { ProgramName } from '#components/cli';
import { startKubeApiserver } from '#components/kube-apiserver';
import { createRepoServer } from '#components/repo-server';
import { buildCrds } from '#core/api';
import { kubebuilderAssets, startControlPlane, startGitServer } from '#harness';
import type { Files } from '#harness';
import { createGitStore } from '#libs/git';
import type { KubeClient, KubeObject } from '#libs/kube';
import { gvkOf, isAlreadyExists } from '#libs/kube';
import { createRegistryClient } from '#libs/registry';
import { createManifestStore } from '#services/manifest-store';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly program?: ProgramName;
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** The command line in process against an API server, with a repo-server that reads a real Git server. */
export interface CliRig extends AsyncDisposable {
  readonly client: KubeClient;
  readonly kubeconfig: string;
  /** Of the repository. */
  readonly url: string;
  readonly cwd: string;
  commit(files: Files): Promise<string>;
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Creates objects that are not there yet, `status` included. */
  create(...objects: readonly KubeObject[]): Promise<void>;
}

export const controlNamespace = 'argocd';

/** The embedded API server always runs; the real one where KUBEBUILDER_ASSETS names it. */
export const targets: readonly ('embedded' | 'real')[] =
  kubebuilderAssets === undefined ? ['embedded'] : ['embedded', 'real'];

export interface RigOptions {
  readonly target?: (typeof targets)[number];
  /** The real control plane's own controllers too. Default false. */
  readonly controllers?: boolean;
}

export async function startCliRig(
  files: Files,
  { target = 'real', controllers = false }: RigOptions = {},
): Promise<CliRig> {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(await tempDir('windlass-cli-'));
  const plane =
    target === 'real'
      ? stack.use(await startControlPlane({ controllers }))
      : await startEmbedded(stack, directory.path);
  const server = stack.use(await startGitServer());
  const repository = await server.createRepository('parity', files);
  const repoServer = startRepoServer(stack, directory.path);
  const { client } = plane;
  for (const crd of buildCrds()) await createObject(client, crd);
  await createObject(client, namespaceObject(controlNamespace));
  await untilServed(client);
  return {
    client,
    kubeconfig: plane.kubeconfig,
    url: repository.url,
    cwd: directory.path,
    commit: (changed) => repository.commit(changed),
    async create(...objects) {
      for (const object of objects) await createObject(client, object);
    },
    run: (argv, options = {}) =>
      runProgram(argv, { kubeconfig: plane.kubeconfig, cwd: directory.path, repoServer, ...options }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function startEmbedded(stack: AsyncDisposableStack, dir: string) {
  const server = await startKubeApiserver({ dataDir: ':memory:', port: 0, clock: systemClock, log: silentLogger });
  stack.defer(() => server.close());
  const kubeconfig = join(dir, 'embedded.kubeconfig');
  await writeFile(kubeconfig, server.kubeconfig, { mode: 0o600 });
  return { client: server.client, kubeconfig };
}

export function namespaceObject(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function startRepoServer(stack: AsyncDisposableStack, dir: string) {
  const options = { clock: systemClock, log: silentLogger };
  const metrics = createRegistry();
  const gitStore = stack.use(createGitStore({ ...options, dir: join(dir, 'git'), metrics }));
  const registry = stack.use(createRegistryClient(options));
  const manifestStore = createManifestStore({ ...options, dir: join(dir, 'manifests') });
  return stack.use(
    createRepoServer({ ...options, gitStore, registry, manifestStore, metrics, dataDir: join(dir, 'render') }),
  ).client;
}

interface RunPlace extends RunOptions {
  readonly kubeconfig: string;
  readonly cwd: string;
  readonly repoServer: ReturnType<typeof startRepoServer>;
}

async function runProgram(argv: readonly string[], place: RunPlace): Promise<Ran> {
  const { program = 'windlass', isTerminal = false, env = {}, stdin = '', signal, repoServer, cwd, kubeconfig } = place;
  let [stdout, stderr] = ['', ''];
  const code = await createProgram({
    programName: program,
    version: '0.1.0',
    env: { KUBECONFIG: kubeconfig, PATH: process.env['PATH'], ...env },
    cwd,
    stdout: { write: (text: string) => void (stdout += text) },
    stderr: { write: (text: string) => void (stderr += text) },
    stdin: inputOf(stdin),
    isTerminal,
    clock: systemClock,
    ...(signal ? { signal } : {}),
    connectRepoServer: () => Promise.resolve(repoServer),
  }).run(argv);
  return { code, stdout, stderr };
}

async function* inputOf(text: string): AsyncIterable<string> {
  if (text !== '') yield await Promise.resolve(text);
}

async function createObject(client: KubeClient, object: KubeObject): Promise<void> {
  const type = await client.discovery.find(gvkOf(object));
  if (type === undefined) throw new Error(`${object.kind} is not served.`);
  try {
    await client.create(type, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** New kinds take a moment until they are served. */
async function untilServed(client: KubeClient): Promise<void> {
  for (;;) {
    client.discovery.invalidate();
    if (await client.discovery.find({ group: 'argoproj.io', version: 'v1alpha1', kind: 'Application' })) return;
    await systemClock.sleep(50);
  }
}
