/* What the engine's comparison costs per resource, verdict included (performance.md M4). Run: node bench/compare.bench.ts */
import type { KubeObject } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import { predictApply } from '#libs/kube/structured-merge';
import {
  ClusterIndex,
  compareResource,
  fieldManager,
  normalizeDesired,
  prepareIgnoreRules,
  setTracking,
} from '#core/engine';
import { builtinSchema } from '../test/unit/engine/builtin-schema.ts';

const schemas = { ConfigMap: builtinSchema('v1', 'ConfigMap'), Deployment: builtinSchema('apps/v1', 'Deployment') };

function tracked(object: KubeObject): KubeObject {
  const place = { isNamespaced: true, destinationNamespace: 'n' };
  const target = { instance: 'web', config: { method: 'annotation' as const }, destinationNamespace: 'n' };
  return setTracking(normalizeDesired(object, place), target);
}

const labels = { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web', 'helm.sh/chart': 'web-1.2.3' };
const deployment = tracked({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'registry.example.com/web:1.2.3',
            env: Array.from({ length: 8 }, (_, n) => ({ name: `E${n}`, value: String(n) })),
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
            resources: { limits: { cpu: '1000m', memory: '1024Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
          },
        ],
      },
    },
  },
});
const configMap = tracked({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'big', labels },
  data: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`file-${n}.conf`, 'x'.repeat(5000)])),
});

function liveOf(desired: KubeObject): KubeObject {
  const schema = schemas[desired.kind as keyof typeof schemas];
  const { object } = predictApply({
    live: undefined,
    desired,
    manager: fieldManager,
    schema,
    gvk: gvkOf(desired),
    now: '2026-01-01T00:00:00Z',
  });
  return JSON.parse(
    JSON.stringify({ ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '1' } }),
  ) as KubeObject;
}

const rules = prepareIgnoreRules([{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }]);
const scaled = structuredClone(liveOf(deployment));
(scaled['spec'] as { replicas: number }).replicas = 5;
const index = new ClusterIndex({ tracking: { method: 'annotation' } });
let version = 1;

function compare(desired: KubeObject, live: KubeObject, more: object = {}): string | undefined {
  return compareResource({ desired, live, schema: schemas[desired.kind as keyof typeof schemas], ...more }).state;
}

function measure(name: string, rounds: number, run: () => unknown): void {
  const micros: number[] = [];
  for (let round = 0; round < 11; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < rounds; i++) run();
    const { user, system } = process.cpuUsage(start);
    micros.push((user + system) / rounds);
  }
  micros.sort((a, b) => a - b);
  console.log(`${name.padEnd(46)} median ${micros[5]?.toFixed(2)} µs CPU   min ${micros[0]?.toFixed(2)} µs`);
}

const liveDeployment = liveOf(deployment);
const liveConfigMap = liveOf(configMap);
measure('in sync, Deployment', 5000, () => compare(deployment, liveDeployment));
measure('in sync, ConfigMap of 100 KB', 5000, () => compare(configMap, liveConfigMap));
measure('drifted, Deployment, one field', 500, () => compare(deployment, scaled));
measure('drifted, hidden by a rule', 500, () => compare(deployment, scaled, { rules }));
measure('index: managed Deployment upserted', 2000, () => {
  const object = { ...liveDeployment, metadata: { ...liveDeployment.metadata, resourceVersion: String(++version) } };
  index.apply({ type: 'upsert', object });
});
measure('index: unmanaged Pod upserted', 5000, () => {
  const metadata = { name: 'p', namespace: 'n', uid: 'p', resourceVersion: String(++version) };
  index.apply({ type: 'upsert', object: { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running' } } });
});
