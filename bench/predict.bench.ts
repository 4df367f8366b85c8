/* What one comparison costs: a live Deployment with managed fields against its rendered manifest. Run: node bench/predict.bench.ts */
import type { KubeObject } from '#libs/kube';
import { compareObjects, DesiredMatcher, predictApply } from '#libs/kube/structured-merge';
import { deploymentKind as gvk, deploymentSchema } from '../src/libs/kube/schema/testdata/deployment-schema.ts';

const schema = deploymentSchema();
const manager = 'argocd-controller';
const labels = {
  'app.kubernetes.io/name': 'web',
  'app.kubernetes.io/instance': 'web',
  'app.kubernetes.io/version': '1.2.3',
  'helm.sh/chart': 'web-1.2.3',
};

function deployment(image: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'default',
      labels,
      annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:default/web' },
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web' } },
      template: {
        metadata: { labels, annotations: { 'checksum/config': 'b6b6a956ccced3fdc486ff34c55c9a4774383f78' } },
        spec: {
          serviceAccountName: 'web',
          securityContext: { fsGroup: 1000 },
          containers: [
            {
              name: 'web',
              image,
              imagePullPolicy: 'IfNotPresent',
              env: [
                { name: 'LOG_LEVEL', value: 'info' },
                { name: 'POD', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
              ],
              ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
              livenessProbe: { httpGet: { path: '/live', port: 'http' } },
              readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
              resources: { limits: { cpu: '1000m', memory: '1024Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
              securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
              volumeMounts: [{ name: 'config', mountPath: '/etc/web' }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'web' } }],
        },
      },
    },
  };
}

const desired = deployment('registry.example.com/web:1.2.3');
const created = predictApply({ live: undefined, desired, manager, schema, gvk, now: '2026-01-01T00:00:00Z' }).object;
const live = JSON.parse(JSON.stringify(created)) as KubeObject;
live.metadata.managedFields?.push({
  manager: 'kube-controller-manager',
  operation: 'Update',
  apiVersion: 'apps/v1',
  time: '2026-01-01T00:00:05Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:status': { 'f:availableReplicas': {}, 'f:replicas': {}, 'f:readyReplicas': {} } },
  subresource: 'status',
});
live['status'] = { replicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 };
const drifted = JSON.parse(JSON.stringify(live)) as KubeObject;
(drifted['spec'] as { replicas: number }).replicas = 5;

function compare(liveObject: KubeObject, wanted: KubeObject): number {
  const prediction = predictApply({ live: liveObject, desired: wanted, manager, schema, gvk });
  return compareObjects(schema, prediction.object, liveObject).length;
}

function measure(name: string, run: () => number, expected: number): void {
  if (run() !== expected) throw new Error(`${name}: expected ${expected} differences.`);
  const micros: number[] = [];
  for (let round = 0; round < 11; round++) {
    const rounds = 3000;
    const start = performance.now();
    for (let i = 0; i < rounds; i++) run();
    micros.push(((performance.now() - start) * 1000) / rounds);
  }
  micros.sort((a, b) => a - b);
  console.log(
    `${name.padEnd(44)} median ${micros[5]?.toFixed(2)} µs   min ${micros[0]?.toFixed(2)} µs   max ${micros[10]?.toFixed(2)} µs`,
  );
}

console.log(`Deployment: desired ${JSON.stringify(desired).length} bytes, live ${JSON.stringify(live).length} bytes`);
const matcher = new DesiredMatcher({ desired, manager, schema });
measure('in sync, matcher kept with the desired object', () => (matcher.matches(live) ? 0 : 1), 0);
measure('in sync, without a matcher', () => compare(live, desired), 0);
measure('drifted (one field)', () => compare(drifted, desired), 1);
measure('new image', () => compare(live, deployment('registry.example.com/web:1.2.4')), 1);
