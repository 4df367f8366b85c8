import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { getPath } from '#base/json';
import { annotations, applicationType, argoApiVersion, labels } from '#core/api';
import { kubebuilderAssets, startClusterTarget, startGitServer } from '#harness';
import type { ClusterKind } from '#harness';
import type { KubeClient, KubeObject } from '#libs/kube';
import { startWindlass } from '../real-applications/start-windlass.ts';
import {
  clusterConfig,
  conditionsOf,
  imagesBehindService,
  isReady,
  isRolledOut,
  isSynced,
  isSyncedAt,
  lowestAvailability,
  resourcesOf,
} from './facts.ts';
import { everyKind, messageApp, types } from './manifests.ts';
import { read, waitFor } from './wait-for.ts';

type Repository = Awaited<ReturnType<Awaited<ReturnType<typeof startGitServer>>['createRepository']>>;

const namespace = 'argocd';
const first = { message: 'Hello', image: 'message-app:5', replicas: 2 };

for (const kind of ['embedded', 'real'] satisfies ClusterKind[]) {
  const isSkipped = kind === 'real' && !kubebuilderAssets;
  describe.skipIf(isSkipped)(
    `message-app and its neighbours on the ${kind} server${isSkipped ? ' (skipped without KUBEBUILDER_ASSETS)' : ''}`,
    () => {
      const stack = new AsyncDisposableStack();
      let client: KubeClient;
      let code: Repository;
      let manifests: Repository;

      beforeAll(async () => {
        const git = stack.use(await startGitServer());
        code = await git.createRepository('code', { 'app.py': 'print("Hello")\n', Dockerfile: 'FROM python\n' });
        manifests = await git.createRepository('manifests', {
          ...messageApp('staging', first),
          ...messageApp('production', { ...first, replicas: 1 }),
          'every-kind/all.yaml': everyKind,
          'plain/configmap.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\n',
          'elsewhere/configmap.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: elsewhere}\n',
        });
        ({ client } = stack.use(await startWindlass(kind)));
      }, 120_000);
      afterAll(() => stack.disposeAsync(), 60_000);

      const app = (name: string) => ({ type: applicationType, name, namespace });
      const inStaging = (type: keyof typeof types, name: string) => ({ type: types[type], name, namespace: 'staging' });

      async function create(name: string, folder = name, more: object = {}): Promise<void> {
        const spec = {
          project: 'default',
          source: { repoURL: manifests.url, path: folder, targetRevision: 'main' },
          destination: { server: 'https://kubernetes.default.svc', namespace: folder },
          syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
          ...more,
        };
        const metadata = { name, namespace };
        await client.create(applicationType, { apiVersion: argoApiVersion, kind: 'Application', metadata, spec });
      }

      async function commit(files: Record<string, string>, message: string, name = 'staging'): Promise<string> {
        const sha = await manifests.commit(files, message);
        const body = { metadata: { annotations: { [annotations.refresh]: 'normal' } } };
        await client.patch(applicationType, name, body, { type: 'merge', namespace });
        await waitFor(client, app(name), (now) => isSyncedAt(now, sha));
        return sha;
      }

      /** Both pods behind the Service run the image, and its Endpoints name nobody else. */
      async function untilServed(image: string): Promise<void> {
        await waitFor(client, inStaging('deployment', 'message-app'), (now) => isRolledOut(now, 2));
        await vi.waitFor(async () => expect(await imagesBehindService(client)).toEqual([image, image]), 20_000);
      }

      it('nothing runs before somebody declares it; one Application is enough (R001 R002 R005 R031 R034 R035 R079 R102 R107 R110 R111 R129)', async () => {
        expect(await read(client, { type: types.namespace, name: 'staging' })).toBeUndefined();
        await create('staging');
        const head = await manifests.git('rev-parse', 'main');
        await waitFor(client, app('staging'), (now) => isSyncedAt(now, head) && isReady(now));
        const found = await Promise.all([
          read(client, inStaging('configMap', 'message')),
          read(client, inStaging('deployment', 'message-app')),
          read(client, inStaging('service', 'message-app')),
        ]);
        expect(found.map((object) => object?.kind)).toEqual(['ConfigMap', 'Deployment', 'Service']);
        expect(resourcesOf(await read(client, app('staging')))).toEqual([
          'ConfigMap/message Synced',
          'Deployment/message-app Synced',
          'Service/message-app Synced',
        ]);
      }, 60_000);

      it('a malformed Application is refused by its schema (R111)', async () => {
        await expect(create('bad', 'staging', { destination: 'nowhere' })).rejects.toMatchObject({ httpStatus: 422 });
      });

      it('a commit to the code repository changes nothing in the cluster (R004 R013 R031)', async () => {
        const before = await read(client, app('staging'));
        await code.commit({ 'app.py': 'print("Changed")\n' }, 'code only');
        await manifests.commit({ 'staging/configmap.yaml': 'data: unmerged\n' }, 'unmerged', { branch: 'proposal' });
        const body = { metadata: { annotations: { [annotations.refresh]: 'normal' } } };
        await client.patch(applicationType, 'staging', body, { type: 'merge', namespace });
        const after = await waitFor(
          client,
          app('staging'),
          (now) => now?.metadata.annotations?.[annotations.refresh] === undefined,
        );
        expect(getPath(after, 'status', 'history')).toEqual(getPath(before, 'status', 'history'));
        expect(getPath(after, 'status', 'sync', 'status')).toBe('Synced');
      });

      it('a new message changes the ConfigMap and nothing else; a restart picks it up and is no drift (R132 R133)', async () => {
        const before = await read(client, inStaging('deployment', 'message-app'));
        await commit(messageApp('staging', { ...first, message: 'Good evening' }), 'message');
        expect((await read(client, inStaging('configMap', 'message')))?.['data']).toEqual({ MESSAGE: 'Good evening' });
        const after = await read(client, inStaging('deployment', 'message-app'));
        expect(after?.metadata.generation).toBe(before?.metadata.generation);
        const restartedAt = { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' };
        const restart = { spec: { template: { metadata: { annotations: restartedAt } } } };
        await client.patch(types.deployment, 'message-app', restart, { type: 'strategic', namespace: 'staging' });
        await waitFor(client, inStaging('deployment', 'message-app'), (now) => isRolledOut(now, 2));
        expect(getPath(await read(client, app('staging')), 'status', 'sync', 'status')).toBe('Synced');
        const live = await read(client, inStaging('deployment', 'message-app'));
        expect(getPath(live, 'spec', 'template', 'metadata', 'annotations')).toEqual(restartedAt);
      }, 60_000);

      it('version 6 replaces version 5 without a gap; reverting the commit brings 5 back (R006 R010 R012 R045 R080 R081 R138)', async () => {
        const abort = new AbortController();
        const lowest = lowestAvailability(client, abort.signal);
        const replace = { ...first, message: 'Six', image: 'message-app:6' };
        await commit(messageApp('staging', replace), 'version 6');
        await waitFor(client, inStaging('deployment', 'message-app'), (now) => isRolledOut(now, 2));
        await untilServed('message-app:6');
        const broken = { ...replace, image: 'broken:7' };
        const sha = await commit(messageApp('staging', broken), 'version 7 cannot be pulled');
        expect(isSyncedAt(await read(client, app('staging')), sha)).toBe(true);
        await commit(messageApp('staging', first), 'Revert to version 5');
        await untilServed('message-app:5');
        expect((await read(client, inStaging('configMap', 'message')))?.['data']).toEqual({ MESSAGE: 'Hello' });
        abort.abort(new DOMException('Seen enough.', 'AbortError'));
        expect(await lowest).toBeGreaterThanOrEqual(first.replicas - 1);
        const history = getPath(await read(client, app('staging')), 'status', 'history') as { revision: string }[];
        expect(history.every(({ revision }) => /^[0-9a-f]{40}$/.test(revision))).toBe(true);
        expect(history.length).toBeGreaterThanOrEqual(4);
      }, 120_000);

      it('what is deleted, edited, scaled or relabelled comes back (R003 R011 R014 R082 R083 R096)', async () => {
        const objects = [inStaging('configMap', 'message'), inStaging('deployment', 'message-app')];
        objects.push(inStaging('service', 'message-app'));
        const healing = objects.map(async (place) => {
          const before = await read(client, place);
          await client.delete(place.type, place.name, { namespace: 'staging' });
          await waitFor(client, place, (now) => !!now && now.metadata.uid !== before?.metadata.uid);
        });
        await Promise.all(healing);
        // Self-heal takes longer each time until the next commit.
        await commit(messageApp('staging', { ...first, message: 'Again' }), 'another message');
        const mine = { metadata: { labels: { app: 'mine' } }, spec: { replicas: 5 } };
        await client.patch(types.deployment, 'message-app', mine, { type: 'merge', namespace: 'staging' });
        await waitFor(
          client,
          inStaging('deployment', 'message-app'),
          (now) => isRolledOut(now, 2) && now?.metadata.labels?.['app'] === 'message-app',
        );
        await waitFor(client, app('staging'), isReady);
      }, 120_000);

      it('a deleted pod is replaced by Kubernetes and is no drift (R047)', async () => {
        await untilServed('message-app:5');
        const before = getPath(await read(client, app('staging')), 'status', 'operationState', 'finishedAt');
        const { items } = await client.list(types.pod, { namespace: 'staging' });
        const victim = items[0]?.metadata;
        await client.delete(types.pod, victim?.name ?? '', { namespace: 'staging' });
        await waitFor(client, inStaging('deployment', 'message-app'), (now) => isRolledOut(now, 2));
        await untilServed('message-app:5');
        const after = await read(client, app('staging'));
        expect(getPath(after, 'status', 'sync', 'status')).toBe('Synced');
        expect(getPath(after, 'status', 'operationState', 'finishedAt')).toEqual(before);
      }, 60_000);

      it('a namespace that is lost comes back as it was (R008)', async () => {
        await client.delete(types.namespace, 'staging');
        const uid = (await read(client, { type: types.namespace, name: 'staging' }))?.metadata.uid;
        await waitFor(
          client,
          { type: types.namespace, name: 'staging' },
          (now) => !!now && now.metadata.uid !== uid && !now.metadata.deletionTimestamp,
        );
        await untilServed('message-app:5');
        await waitFor(client, app('staging'), isReady);
        expect((await read(client, inStaging('configMap', 'message')))?.['data']).toEqual({ MESSAGE: 'Again' });
      }, 120_000);

      it('production is another Application of the same repository, and scales by commit (R049 R135)', async () => {
        await create('production');
        await waitFor(client, app('production'), isReady);
        await commit(messageApp('production', { ...first, replicas: 3 }), 'three in production', 'production');
        await waitFor(client, { type: types.deployment, name: 'message-app', namespace: 'production' }, (now) =>
          isRolledOut(now, 3),
        );
        expect(getPath(await read(client, inStaging('deployment', 'message-app')), 'spec', 'replicas')).toBe(2);
      }, 60_000);

      it('every kind keeps every field, an autoscaler owns its replicas, a password is nowhere (R037 R038 R040 R042 R043 R044)', async () => {
        await create('every-kind');
        const at = (type: keyof typeof types, name: string) => ({ type: types[type], name, namespace: 'every-kind' });
        const place = at('deployment', 'web');
        await waitFor(client, app('every-kind'), isSynced);
        // The autoscaler raises one replica to its minimum of two; nobody takes that back.
        await Promise.all([
          waitFor(client, place, (now) => isRolledOut(now, 2)),
          waitFor(client, at('claim', 'files'), (now) => getPath(now, 'status', 'phase') === 'Bound'),
          waitFor(client, at('statefulSet', 'store'), (now) => getPath(now, 'status', 'readyReplicas') === 1),
          waitFor(client, at('job', 'once'), (now) => getPath(now, 'status', 'succeeded') === 1),
        ]);
        const status = await waitFor(client, app('every-kind'), isSynced);
        expect(resourcesOf(status).every((line) => line.endsWith(' Synced'))).toBe(true);
        expect(resourcesOf(status)).toHaveLength(10);
        expect(getPath(await read(client, place), 'spec', 'replicas')).toBe(2);
        expect(JSON.stringify(status)).not.toContain('never-shown');
        expect(JSON.stringify(status)).not.toContain(Buffer.from('never-shown').toString('base64'));
      }, 120_000);

      it('another cluster is a destination as long as its Secret is there (R106)', async () => {
        await using other = await startClusterTarget('embedded');
        const config = clusterConfig(other.kubeconfig);
        const secret: KubeObject = {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'other', namespace, labels: { [labels.secretType]: 'cluster' } },
          stringData: { name: 'other', server: other.url, config: JSON.stringify(config) },
        };
        await client.create(types.secret, secret);
        await create('elsewhere', 'elsewhere', { destination: { name: 'other', namespace: 'elsewhere' } });
        await waitFor(client, app('elsewhere'), isSynced);
        const place = { type: types.configMap, name: 'elsewhere', namespace: 'elsewhere' };
        expect((await read(other.client, place))?.kind).toBe('ConfigMap');
        expect(await read(client, place)).toBeUndefined();
        await client.delete(types.secret, 'other', { namespace });
        await waitFor(client, app('elsewhere'), (now) => conditionsOf(now).includes('InvalidSpecError'));
      }, 60_000);

      it('without the finalizer an Application goes and its objects stay; with it they go first (R130)', async () => {
        await create('plain');
        await waitFor(client, app('plain'), isSynced);
        const place = { type: types.configMap, name: 'plain', namespace: 'plain' };
        await client.delete(applicationType, 'plain', { namespace });
        await waitFor(client, app('plain'), (now) => now === undefined);
        expect((await read(client, place))?.kind).toBe('ConfigMap');
        const finalizers = { metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } };
        await client.patch(applicationType, 'production', finalizers, { type: 'merge', namespace });
        await client.delete(applicationType, 'production', { namespace });
        await waitFor(client, app('production'), (now) => now === undefined);
        const gone = { type: types.deployment, name: 'message-app', namespace: 'production' };
        expect(await read(client, gone)).toBeUndefined();
      }, 60_000);
    },
  );
}
