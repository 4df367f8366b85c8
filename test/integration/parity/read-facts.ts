import { canonicalJson } from '#base/hash';
import { getPath } from '#base/json';
import type { Application } from '#core/api';
import { applicationType } from '#core/api';
import type { KubeClient, KubeObject } from '#libs/kube';
import { isNotFound } from '#libs/kube';
import type { Facts } from './recorded-cases.ts';

const topLevelKinds = [
  ['', 'v1', 'ConfigMap'],
  ['', 'v1', 'Secret'],
  ['', 'v1', 'Service'],
  ['apps', 'v1', 'Deployment'],
  ['apps', 'v1', 'StatefulSet'],
  ['apps', 'v1', 'DaemonSet'],
  ['batch', 'v1', 'Job'],
  ['batch', 'v1', 'CronJob'],
  ['networking.k8s.io', 'v1', 'Ingress'],
] as const;

/** The facts of one case, read from the API server as anybody could. */
export async function readFacts(client: KubeClient, controlNamespace: string, caseName: string): Promise<Facts> {
  const live = await readLive(client, `parity-${caseName}`);
  let app: Application;
  try {
    app = (await client.get(applicationType, `p-${caseName}`, {
      namespace: controlNamespace,
    })) as unknown as Application;
  } catch (error) {
    if (isNotFound(error)) return { exists: false, live };
    throw error;
  }
  const { status } = app;
  const operation = status?.operationState;
  const resources = status?.resources ?? [];
  const results = operation?.syncResult?.resources ?? [];
  return {
    sync: status?.sync?.status ?? '',
    health: status?.health?.status ?? '',
    conditions: (status?.conditions ?? []).map((condition) => condition.type).sort(),
    messages: (status?.conditions ?? []).map((condition) => normalise(condition.message)).sort(),
    resources: resources
      .map((r) =>
        [r.kind, r.name, ...[r.status, r.requiresPruning && 'true', r.hook && 'true'].filter(Boolean)].join(' '),
      )
      .sort(),
    ...(operation ? { phase: operation.phase } : {}),
    message: normalise(operation?.message ?? ''),
    results: results
      .map((r) => [r.kind, r.name, r.status, r.hookType, r.hookPhase, r.syncPhase].filter(Boolean).join(' '))
      .sort(),
    resultMessages: results.map((r) => `${r.kind} ${normalise(r.message ?? '')}`).sort(),
    retries: operation?.retryCount ?? 0,
    history: (status?.history ?? []).map((entry) => entry.id),
    ...(status?.sourceType || status?.sourceTypes ? { sourceType: status.sourceTypes ?? status.sourceType } : {}),
    summary: status?.summary ?? {},
    live,
  };
}

async function readLive(client: KubeClient, namespace: string): Promise<string[]> {
  const lists = await Promise.all(
    topLevelKinds.map(async ([group, version, kind]) => {
      const type = await client.discovery.find({ group, version, kind });
      return type ? (await client.list(type, { namespace })).items : [];
    }),
  );
  return lists.flat().filter(isTopLevel).map(describe).sort();
}

function isTopLevel(object: KubeObject): boolean {
  return object.metadata.ownerReferences === undefined && object.metadata.name !== 'kube-root-ca.crt';
}

function describe(object: KubeObject): string {
  const value = object['data'] ?? getPath(object, 'spec', 'replicas') ?? '';
  return `${object.kind}/${object.metadata.name}=${canonicalJson(value)}`;
}

/** The recording's placeholders for what changes from run to run. */
function normalise(text: string): string {
  return text
    .replace(/\b[0-9a-f]{40}\b/g, 'SHA')
    .replace(/Retrying attempt #\d+ at .*$/s, 'Retrying')
    .replace(/ \(retried \d+ times\)/, ' RETRIED')
    .replace(/\s+/g, ' ')
    .trim();
}
