import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { annotations, applicationType } from '#core/api';
import type { Application } from '#core/api';
import type { KubeObject } from '#libs/kube';
import { controlNamespace, namespaceObject, startCliRig, targets } from './cli-rig.ts';
import type { CliRig } from './cli-rig.ts';
import { startStandInController } from './stand-in-controller.ts';

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {v: "1"}\n';

describe.each(targets)('the command line on the %s API server (the real one needs KUBEBUILDER_ASSETS)', (target) => {
  let rig: CliRig;
  let sha: string;
  let controller: AsyncDisposable;

  beforeAll(async () => {
    rig = await startCliRig({ 'plain/settings.yaml': configMap }, { target });
    sha = await rig.commit({ 'plain/settings.yaml': configMap, 'plain/secret.yaml': secretYaml('geheim') });
    await rig.create(namespaceObject('demo'));
    controller = startStandInController({ client: rig.client, revision: () => sha });
  });

  afterAll(async () => {
    await controller?.[Symbol.asyncDispose]();
    await rig?.[Symbol.asyncDispose]();
  });

  const get = async (name: string) =>
    (await rig.client.get(applicationType, name, { namespace: controlNamespace })) as Application & KubeObject;
  const windlass = (line: string, stdin?: string) => rig.run(line.split(' '), stdin === undefined ? {} : { stdin });
  const setStatus = (name: string, status: object) =>
    rig.client.patch(applicationType, name, { status }, { type: 'merge', namespace: controlNamespace });
  const createApp = async (name: string, more = '') => {
    const made = await windlass(
      `app create ${name} --repo ${rig.url} --path plain --revision main --dest-server https://kubernetes.default.svc --dest-namespace demo${more}`,
    );
    expect(made).toEqual({ code: 0, stdout: `application '${name}' created\n`, stderr: '' });
  };

  it('app create: creates, says when nothing changes, refuses another spec, upserts', async () => {
    await createApp('made');
    const again = `app create made --repo ${rig.url} --path plain --revision main --dest-server https://kubernetes.default.svc --dest-namespace demo`;
    expect((await windlass(again)).stdout).toBe("application 'made' unchanged\n");
    const other = await windlass(`${again} --sync-option Replace=true`);
    expect(other.code).toBe(20);
    expect(other.stderr).toContain('use upsert flag');
    expect((await windlass(`${again} --sync-option Replace=true --upsert`)).stdout).toBe(
      "application 'made' updated\n",
    );
    expect((await get('made')).spec.syncPolicy).toEqual({ syncOptions: ['Replace=true'] });
  });

  it('app create: says what is wrong before anything is stored', async () => {
    const missing = await windlass(
      `app create bad --repo ${rig.url} --path nope --dest-server https://kubernetes.default.svc --dest-namespace demo`,
    );
    expect(missing.code).toBe(20);
    expect(missing.stderr).toContain('nope: app path does not exist');
    const cluster = await windlass(`app create bad --repo ${rig.url} --path plain --dest-name elsewhere`);
    expect(cluster.stderr).toContain('there are no clusters with this name: elsewhere');
    await expect(get('bad')).rejects.toMatchObject({ httpStatus: 404 });
  });

  it('app create -f -: reads an application from standard input', async () => {
    const yaml = `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: from-file}\nspec:\n  destination: {name: in-cluster, namespace: demo}\n  source: {repoURL: "${rig.url}", path: plain}\n`;
    expect((await windlass('app create -f -', yaml)).stdout).toBe("application 'from-file' created\n");
    expect((await get('from-file')).spec.project).toBe('default');
  });

  it('app list and app get: tables, names, JSON, an unknown name', async () => {
    await createApp('seen', ' --label team=a --sync-policy automated --auto-prune');
    const list = await windlass('app list -l team=a');
    expect(list.stdout.split('\n')[1]).toMatch(
      /^argocd\/seen +https:\/\/kubernetes.default.svc +demo +default +Auto-Prune +<none> /,
    );
    expect((await windlass('app list -l team=a -o name')).stdout).toBe('argocd/seen\n');
    expect((await windlass('app get seen')).stdout).toContain('Sync Policy:        Automated (Prune)\n');
    expect(JSON.parse((await windlass('app get argocd/seen -o json')).stdout)).toMatchObject({
      metadata: { name: 'seen' },
    });
    const unknown = await windlass('app get nope');
    expect(unknown).toMatchObject({ code: 20, stdout: '' });
    expect(unknown.stderr).toBe(
      'error: Application "nope" was not found.\nbecause: applications.argoproj.io "nope" not found\ntry: See which there are: windlass app list. Of another namespace: NAMESPACE/nope.\n',
    );
  });

  it('app get --refresh: waits until the controller has looked', async () => {
    await createApp('fresh');
    expect((await windlass('app get fresh --refresh')).code).toBe(0);
    expect((await get('fresh')).metadata.annotations?.[annotations.refresh]).toBeUndefined();
  });

  it('app set and app unset: change only what is named', async () => {
    await createApp('tuned');
    await windlass('app set tuned --kustomize-image web=registry.example.com/web:1 --nameprefix x- --validate=false');
    await windlass('app set tuned --kustomize-image web=registry.example.com/web:2 --validate=false');
    expect((await get('tuned')).spec.source?.kustomize).toEqual({
      images: ['web=registry.example.com/web:2'],
      namePrefix: 'x-',
    });
    await windlass('app unset tuned --nameprefix');
    expect((await get('tuned')).spec.source?.kustomize).toEqual({ images: ['web=registry.example.com/web:2'] });
    const heal = await windlass('app set tuned --self-heal');
    expect(heal.stderr).toContain('application not configured with automatic sync');
  });

  it('app patch: JSON and merge', async () => {
    await createApp('patched');
    const patch = [
      'app',
      'patch',
      'patched',
      '--patch',
      '[{"op":"replace","path":"/spec/source/path","value":"other"}]',
    ];
    expect((await rig.run(patch)).stdout).toContain('path: other');
    const merge = ['app', 'patch', 'patched', '--patch', '{"spec":{"source":{"path":"plain"}}}', '--type', 'merge'];
    expect((await rig.run(merge)).code).toBe(0);
    expect((await get('patched')).spec.source?.path).toBe('plain');
  });

  it('app sync: asks for the operation, follows it, prints the result', async () => {
    await createApp('synced');
    await setStatus('synced', outOfSync);
    const ran = await windlass('app sync synced --prune --info why=test --timeout 20');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('Phase:              Succeeded\n');
    expect(ran.stderr).toMatch(/^TIMESTAMP +GROUP +KIND/);
    const { operationState } = (await get('synced')).status ?? {};
    expect(operationState?.operation).toMatchObject({
      info: [{ name: 'why', value: 'test' }],
      sync: { prune: true, syncStrategy: { hook: {} } },
    });
    expect(operationState?.operation.initiatedBy?.username).toBeTruthy();
  });

  it('app sync: as argocd the rows are part of the output; a resource must exist', async () => {
    await createApp('rows');
    await setStatus('rows', outOfSync);
    const ran = await rig.run(['app', 'sync', 'rows'], { program: 'argocd' });
    expect(ran.stdout).toMatch(/^TIMESTAMP +GROUP +KIND/);
    const chosen = await windlass('app sync rows --resource :ConfigMap:nope');
    expect(chosen).toMatchObject({ code: 1 });
    expect((await windlass('app sync rows --resource :ConfigMap:*')).code).toBe(0);
    expect((await get('rows')).status?.operationState?.operation.sync?.resources).toEqual([
      { kind: 'ConfigMap', name: 'settings', namespace: 'demo' },
    ]);
  });

  it('app sync --local: hands over what the directory renders to', async () => {
    await createApp('local');
    await setStatus('local', outOfSync);
    await mkdir(join(rig.cwd, 'work'), { recursive: true });
    await writeFile(join(rig.cwd, 'work', 'x.yaml'), configMap.replace('"1"', '"local"'));
    const ran = await windlass('app sync local --local work --local-repo-root work');
    expect(ran).toMatchObject({ code: 0 });
    const manifests = (await get('local')).status?.operationState?.operation.sync?.manifests ?? [];
    expect(manifests.map((text) => JSON.parse(text) as KubeObject)).toMatchObject([
      { kind: 'ConfigMap', data: { v: 'local' } },
    ]);
  });

  it('app wait: met at once, and not met in time', async () => {
    await createApp('waited');
    await setStatus('waited', { sync: { status: 'Synced', revision: sha }, health: { status: 'Progressing' } });
    expect((await windlass('app wait waited --sync --timeout 5')).code).toBe(0);
    const late = await windlass('app wait waited --health --timeout 1');
    expect(late.code).toBe(1);
    expect(late.stderr).toContain(
      'timed out (1s) waiting for app "argocd/waited" match desired state: its health is Progressing, not Healthy',
    );
  });

  it('app history and app rollback: by id and by SHA, with a hold while automation is on', async () => {
    await createApp('rolled', ' --sync-policy automated');
    await setStatus('rolled', { ...outOfSync, history: [historyEntry(0, 'a'.repeat(40)), historyEntry(1, sha)] });
    expect((await windlass('app history rolled -o id')).stdout).toBe('0\n1\n');
    expect((await windlass('app history rolled')).stdout).toContain('main (aaaaaaa)');
    const refused = await rig.run(['app', 'rollback', 'rolled', '0'], { program: 'argocd' });
    expect(refused.code).toBe(20);
    expect(refused.stderr).toContain('rollback cannot be initiated when auto-sync is enabled');
    const ran = await rig.run(['app', 'rollback', 'rolled', 'aaaaaaa', '--reason', 'bad image']);
    expect(ran.code).toBe(0);
    const { metadata, status, spec } = await get('rolled');
    expect(status?.operationState?.operation).toMatchObject({
      info: [{ name: 'windlass.dev/rollback', value: '0' }],
      sync: { revision: 'a'.repeat(40), source: { path: 'plain' } },
    });
    expect(JSON.parse(metadata.annotations?.[annotations.hold] ?? '')).toMatchObject({
      reason: 'bad image',
      skipRevisions: [sha],
      historyId: 0,
    });
    expect(ran.stdout).toMatch(/^Hold: +[0-9a-f]{7} by .*: bad image$/m);
    expect(spec.syncPolicy?.automated).toEqual({});
    expect((await windlass('app rollback rolled 7')).stderr).toContain("does not have deployment id '7'");
  });

  it('app diff: exit codes, a revision, a local directory, masked secrets', async () => {
    await createApp('differs');
    await rig.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'demo' },
      data: { v: 'drift' },
    });
    await setStatus('differs', outOfSync);
    const ran = await windlass('app diff differs');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('===== /ConfigMap demo/settings ======');
    expect(ran.stdout).toContain('-  v: drift');
    expect(ran.stdout).toContain('+  v: "1"');
    expect(ran.stdout).toContain('===== /Secret demo/key ======');
    expect(ran.stdout + ran.stderr).not.toContain(Buffer.from('geheim').toString('base64'));
    expect((await windlass('app diff differs --exit-code=false')).code).toBe(0);
    expect((await windlass('app diff differs --diff-exit-code 7')).code).toBe(7);
    expect((await windlass('app diff nope')).code).toBe(20);
    const unknown = await windlass('app diff differs --revision nope');
    expect(unknown.code).toBe(20);
    await mkdir(join(rig.cwd, 'same'), { recursive: true });
    await writeFile(join(rig.cwd, 'same', 'x.yaml'), configMap.replace('"1"', 'drift'));
    const local = await windlass('app diff differs --local same --local-repo-root same');
    expect(local.stdout).not.toContain('-  v: drift');
  });

  it('app manifests: Git and live', async () => {
    await createApp('printed');
    await setStatus('printed', outOfSync);
    expect((await windlass('app manifests printed')).stdout).toContain(
      '---\napiVersion: v1\ndata:\n  v: "1"\nkind: ConfigMap\n',
    );
    expect((await windlass('app manifests printed --source live')).stdout).toContain('name: settings');
  });

  it('why: names the fields, who set them, and what to do', async () => {
    await createApp('asked');
    await setStatus('asked', { ...outOfSync, conditions: [{ type: 'SyncError', message: 'one thing failed' }] });
    const ran = await windlass('why asked');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('✖ asked is OutOfSync');
    expect(ran.stdout).toContain('one thing failed   [run.failed]');
    expect(ran.stdout).toMatch(/\.data\.v is "drift", Git says "1"; set by .* ago/);
    expect(ran.stdout).toContain('next     windlass app sync asked');
    await setStatus('asked', { conditions: null, sync: { status: 'Synced' }, health: { status: 'Healthy' } });
    expect(await windlass('why asked')).toMatchObject({ code: 0 });
    expect((await windlass('why nope')).code).toBe(5);
  });

  it('app terminate-op: stops what runs, and says when nothing does', async () => {
    await createApp('stopped');
    expect((await windlass('app terminate-op stopped')).code).toBe(20);
    const running = { operation: {}, phase: 'Running', startedAt: '2026-01-01T00:00:00Z' };
    await setStatus('stopped', { operationState: running });
    expect((await windlass('app terminate-op stopped')).code).toBe(0);
    expect((await get('stopped')).status?.operationState?.phase).toBe('Terminating');
    expect((await windlass('app sync stopped')).stderr).toContain('another operation is already in progress');
  });

  it('app delete: asks, cascades by finalizer, waits', async () => {
    await createApp('gone');
    expect((await windlass('app delete gone')).stderr).toContain('--yes');
    const cancelled = await rig.run(['app', 'delete', 'gone'], { isTerminal: true, stdin: 'n\n' });
    expect(cancelled.stdout).toContain('cancelled');
    expect((await windlass('app delete gone -y -p background')).stdout).toBe("application 'gone' deleted\n");
    expect((await get('gone')).metadata).toMatchObject({
      finalizers: ['resources-finalizer.argocd.argoproj.io/background'],
    });
    const waiting = rig.run(['app', 'wait', 'gone', '--delete', '--timeout', '20']);
    await rig.client.patch(
      applicationType,
      'gone',
      { metadata: { finalizers: null } },
      { type: 'merge', namespace: controlNamespace },
    );
    expect((await waiting).code).toBe(0);
    await createApp('kept');
    expect((await windlass('app delete kept -y --cascade=false --wait')).code).toBe(0);
    await expect(get('kept')).rejects.toMatchObject({ httpStatus: 404 });
  });

  it('repo add, list, rm: a labelled Secret that Argo CD would name alike', async () => {
    const added = await windlass(`repo add ${rig.url} --username bot --password-stdin`, 'geheim\n');
    expect(added).toMatchObject({ code: 0, stdout: `Repository '${rig.url}' added\n` });
    expect(added.stderr).not.toContain('geheim');
    const list = await windlass('repo list');
    expect(list.stdout.split('\n')[1]).toMatch(new RegExp(`^git +${rig.url} +false +false +false +true +Successful`));
    expect((await windlass(`repo add ${rig.url} --username other --password x`)).stderr).toContain('--upsert');
    expect((await windlass(`repo rm ${rig.url}`)).stdout).toBe(`Repository '${rig.url}' removed\n`);
    expect((await windlass('repo list -o url')).stdout).toBe('');
    expect((await windlass(`repo rm ${rig.url}`)).code).toBe(20);
  });

  it('cluster list, add and rm', async () => {
    expect((await windlass('cluster list')).stdout).toMatch(
      /https:\/\/kubernetes.default.svc +in-cluster +v1\.\d+\.\S+ +Successful/,
    );
    const context = /current-context"?: ?"?([\w-]+)/.exec(await readFile(rig.kubeconfig, 'utf8'))?.[1] ?? '';
    const added = await windlass(
      `cluster add ${context} --kubeconfig ${rig.kubeconfig} --name edge --exec-command true -y`,
    );
    expect(added).toMatchObject({ code: 0 });
    expect((await windlass('cluster list -o server')).stdout.trim().split('\n')).toHaveLength(2);
    expect((await windlass('cluster rm edge -y')).stdout).toBe("Cluster 'edge' removed\n");
    expect((await windlass('cluster rm edge -y')).code).toBe(20);
  });

  it('app logs, app resources: of what the application owns', async () => {
    await createApp('owner');
    await setStatus('owner', outOfSync);
    expect((await windlass('app resources owner')).stdout).toMatch(/ConfigMap +demo +settings +No/);
    expect((await windlass('app resources owner --output tree')).stdout).toMatch(/ConfigMap\/settings +OutOfSync/);
    expect(await windlass('app logs owner')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('an interrupted sync says that it goes on', async () => {
    await createApp('broken-off');
    await controller[Symbol.asyncDispose]();
    const stop = new AbortController();
    const running = rig.run(['app', 'sync', 'broken-off'], { signal: stop.signal });
    while ((await get('broken-off')).operation === undefined) await systemClock.sleep(20);
    stop.abort();
    const ran = await running;
    controller = startStandInController({ client: rig.client, revision: () => sha });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain('Interrupted; the operation goes on.');
    expect((await windlass('app wait broken-off --operation --timeout 20')).code).toBe(0);
  });

  it('status: the cluster and how its applications fare', async () => {
    const ran = await windlass('status -o json');
    expect(JSON.parse(ran.stdout)).toMatchObject({
      kind: 'StatusReport',
      cluster: { namespace: 'argocd' },
      process: { isRunning: false },
    });
  });

  it('a wait sees a change that comes later', async () => {
    await createApp('cut');
    await setStatus('cut', { sync: { status: 'OutOfSync' } });
    const waiting = rig.run(['app', 'wait', 'cut', '--sync', '--timeout', '20']);
    await systemClock.sleep(300);
    await setStatus('cut', { sync: { status: 'Synced' } });
    expect((await waiting).code).toBe(0);
  });
});

const outOfSync = {
  sync: { status: 'OutOfSync', revision: '' },
  health: { status: 'Healthy' },
  resources: [{ version: 'v1', kind: 'ConfigMap', namespace: 'demo', name: 'settings', status: 'OutOfSync' }],
};

function historyEntry(id: number, revision: string) {
  return {
    id,
    revision,
    deployedAt: '2026-01-01T00:00:00Z',
    source: { repoURL: 'https://git.example.com/x.git', path: 'plain', targetRevision: 'main' },
  };
}

function secretYaml(value: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {token: ${value}}\n`;
}
