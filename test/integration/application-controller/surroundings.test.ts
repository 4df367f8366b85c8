import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock, systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { applicationType } from '#core/api';
import { startClusterTarget } from '#harness';
import type { ClusterTarget } from '#harness';
import { loadKubeconfig } from '#libs/kube';
import type { KubeObject } from '#libs/kube';
import { defaultSettings } from '#services/settings';
import { ClusterPool } from '../../../src/components/application-controller/clusters/cluster-pool.ts';
import { ReVerifier } from '../../../src/components/application-controller/verify/re-verifier.ts';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { configMap, deployment } from './manifests.ts';
import { isSyncedAndHealthy, startController, types } from './start-controller.ts';
import type { ControllerUnderTest } from './start-controller.ts';
import { targets } from './targets.ts';

describe.each(targets)(
  'what surrounds applications, on the %s server (the real one needs KUBEBUILDER_ASSETS)',
  (kind) => {
    const stack = new AsyncDisposableStack();
    let cluster: ClusterTarget;
    let product: ControllerUnderTest;

    beforeAll(async () => {
      cluster = stack.use(await startClusterTarget(kind));
      product = stack.use(
        await startController(
          cluster.kubeconfig,
          {
            'taken/a.yaml': configMap('a', '1') + deployment('d'),
            'far/a.yaml': configMap('a', '1'),
            'team/a.yaml': configMap('a', '1'),
            'drift/a.yaml': configMap('a', '1'),
            'broken/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n',
            'nameless/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: b}}\n',
            'strange/a.yaml': 'apiVersion: none.example.com/v1\nkind: Nothing\nmetadata: {name: one}\n',
          },
          { leaderElection: true },
        ),
      );
    }, 120_000);

    afterAll(() => stack.disposeAsync(), 60_000);

    it('reaches a cluster by its Secret, and again when the Secret is corrected', async () => {
      const { server, token } = loadKubeconfig(cluster.kubeconfig);
      const far = server.replace('127.0.0.1', 'localhost');
      const config = (bearerToken: string) => JSON.stringify({ bearerToken, tlsClientConfig: { insecure: true } });
      await product.client.create(types.secret, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'far',
          namespace: product.namespace,
          labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
        },
        stringData: { name: 'far', server: far, config: config('wrong') },
      });
      await product.createApplication('far', { destination: { name: 'far', namespace: 'far' } });
      const lost = await product.waitFor('far', ({ status }) => status?.conditions !== undefined);
      expect(lost.status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: 'Unknown' } });
      expect(lost.status?.conditions?.[0]?.message).toContain('Failed to load live state');
      await product.client.patch(
        types.secret,
        'far',
        { stringData: { config: config(token?.reveal() ?? '') } },
        { type: 'merge', namespace: product.namespace },
      );
      await product.waitFor('far', isSyncedAndHealthy);
    });

    it('looks at Applications in the namespaces that settings and project permit', async () => {
      await product.client.create(types.namespace, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'team-a' },
      });
      const params = { data: { 'application.namespaces': 'team-*' } };
      const scope = { type: 'merge', namespace: product.namespace } as const;
      await product.client.patch(types.configMap, 'argocd-cmd-params-cm', params, scope);
      const project = { ...applicationType, resource: 'appprojects', kind: 'AppProject' };
      await product.client.patch(project, 'default', { spec: { sourceNamespaces: ['team-*'] } }, scope);
      await product.client.create(applicationType, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'team', namespace: 'team-a' },
        spec: {
          project: 'default',
          destination: { server: 'https://kubernetes.default.svc', namespace: 'team' },
          source: { repoURL: product.repository.url, path: 'team', targetRevision: 'main' },
          syncPolicy: { automated: {}, syncOptions: ['CreateNamespace=true'] },
        },
      });
      await expect
        .poll(
          async () =>
            (await product.client.get(types.configMap, 'a', { namespace: 'team' }).catch(() => undefined))?.metadata
              .annotations,
          { timeout: 20_000 },
        )
        .toMatchObject({ 'argocd.argoproj.io/tracking-id': 'team-a_team:/ConfigMap:team/a' });
    });

    it('takes over what Argo CD applied client-side without touching it', async () => {
      await product.client.create(types.namespace, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'taken' },
      });
      const before: KubeObject[] = [];
      for (const { value } of parseYamlDocuments(configMap('a', '1') + deployment('d'))) {
        if (value === null) continue;
        const object = value as KubeObject;
        const { name = '' } = object.metadata;
        const id = `taken:${object.kind === 'Deployment' ? 'apps' : ''}/${object.kind}:taken/${name}`;
        const annotations = { 'argocd.argoproj.io/tracking-id': id };
        const applied = { ...object, metadata: { name, namespace: 'taken', annotations } };
        const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) };
        const whole = {
          ...applied,
          metadata: { ...applied.metadata, annotations: { ...annotations, ...lastApplied } },
        };
        const type = object.kind === 'Deployment' ? types.deployment : types.configMap;
        before.push(await product.client.create(type, whole, { fieldManager: 'argocd-controller' }));
      }
      const from = product.calls.length;
      await product.createApplication('taken');
      await product.waitFor('taken', isSyncedAndHealthy);
      const after = await product.client.get(types.deployment, 'd', { namespace: 'taken' });
      expect(after.metadata.generation).toBe(before[1]?.metadata.generation);
      const sent = product.calls
        .slice(from)
        .filter(({ verb, path }) => !['get', 'list', 'watch'].includes(verb) && path.includes('/namespaces/taken/'));
      expect(sent).toEqual([]);
    });

    it('tells of drift where it does not heal', async () => {
      const syncPolicy = { automated: { prune: true }, syncOptions: ['CreateNamespace=true'] };
      await product.createApplication('drift', { syncPolicy });
      await product.waitFor('drift', isSyncedAndHealthy);
      await product.client.patch(
        types.configMap,
        'a',
        { data: { v: 'drifted' } },
        { type: 'merge', namespace: 'drift' },
      );
      const app = await product.waitFor('drift', ({ status }) => status?.sync?.status === 'OutOfSync');
      expect(app.status?.resources).toMatchObject([{ kind: 'ConfigMap', name: 'a', status: 'OutOfSync' }]);
    });

    it.each([
      ['broken', {}],
      ['nameless', {}],
      ['missing', {}],
      ['revision', { source: { targetRevision: 'nope', path: 'team' } }],
      ['unreachable', { source: { repoURL: 'http://127.0.0.1:9/none.git', path: 'x' } }],
    ])('says within seconds what is wrong with %s input', async (name, { source }: { source?: object }) => {
      const spec = { source: { repoURL: product.repository.url, path: name, targetRevision: 'main', ...source } };
      await product.createApplication(name, spec);
      const app = await product.waitFor(name, ({ status }) => (status?.conditions ?? []).length > 0, 15_000);
      expect(app.status?.sync?.status).toBe('Unknown');
      expect(app.status?.conditions?.map(({ type }) => type)).toEqual(['ComparisonError']);
      expect(app.status?.operationState).toBeUndefined();
    });

    it('fails the sync of a kind that the cluster does not serve', async () => {
      await product.createApplication('strange');
      const app = await product.waitFor('strange', ({ status }) => status?.operationState?.message !== undefined);
      expect(app.status?.operationState?.message).toContain('the server could not find the requested resource');
    });

    it('corrects an index that was corrupted, and counts it', async () => {
      const corrections: string[] = [];
      const pool = new ClusterPool({
        client: product.client,
        clock: systemClock,
        log: silentLogger,
        connect: undefined,
        settings: () => defaultSettings,
        connections: () => [],
        changed: () => undefined,
        kindsChanged: () => undefined,
      });
      const [entry] = pool.entries();
      const live = pool.use('test', entry as NonNullable<typeof entry>);
      await live.start();
      const key = { group: '', kind: 'ConfigMap', namespace: 'drift', name: 'a' };
      const truth = live.index.object(key);
      live.index.apply({ type: 'delete', key });
      live.index.apply({ type: 'upsert', object: { ...truth, data: { v: 'corrupted' } } as NonNullable<typeof truth> });
      const clock = new VirtualClock();
      const verifier = new ReVerifier({
        clock: { ...systemClock, sleep: () => Promise.resolve(), now: () => clock.now() },
        log: silentLogger,
        clusters: pool,
        periodMs: 1000,
        corrected: (_server, found) => corrections.push(...found.map(({ reason }) => reason)),
        recheck: () => undefined,
      });
      const watch = live.watchedKinds().find(({ kind }) => kind === 'ConfigMap');
      await verifier.verify(live, watch as NonNullable<typeof watch>, new AbortController().signal);
      expect(corrections).toEqual(['differs-in-index']);
      expect(live.index.object(key)?.['data']).toEqual(truth?.['data']);
      await pool.stop();
    });
  },
);
