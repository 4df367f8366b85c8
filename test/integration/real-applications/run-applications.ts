import { systemClock } from '#base/clock';
import { findOnPath } from '#base/program';
import { applicationType } from '#core/api';
import { assessHealth } from '#core/engine';
import type { ClusterKind } from '#harness';
import { isNotFound } from '#libs/kube';
import type { KubeClient, KubeObject } from '#libs/kube';
import { realApplications } from './applications.ts';
import type { RealApplication } from './applications.ts';
import { buildApplication } from './build-application.ts';
import { serveData } from './data-repositories.ts';
import { observeApplications } from './observe-applications.ts';
import type { Observation, ObservedResource } from './observe-applications.ts';
import { startWindlass } from './start-windlass.ts';

export interface RunResult {
  readonly application: RealApplication;
  /** Undefined when the application was not run, or never appeared. */
  readonly observation: Observation | undefined;
  /** Objects that the status lists and the cluster does not have, as `Kind/namespace/name`. */
  readonly missing: readonly string[];
  /** Objects that have a health, and another one than Healthy, when all is over. */
  readonly unhealthy: readonly ObservedResource[];
  /** Why it was not run. */
  readonly skipped: string | undefined;
}

const deadlineMs = 75_000;
const holdMs = 2000;

/** The list at once on one cluster, with the product started as `windlass up` starts it. */
export async function runApplications(
  dataDir: string,
  kind: ClusterKind,
  list: readonly RealApplication[] = realApplications,
): Promise<readonly RunResult[]> {
  await using stack = new AsyncDisposableStack();
  const hasJsonnet = (await findOnPath(['jsonnet', 'go-jsonnet'])) !== undefined;
  const skip = ({ needs }: RealApplication) =>
    needs && !hasJsonnet ? 'skipped: there is no jsonnet on PATH' : undefined;
  const data = stack.use(await serveData(dataDir));
  const { client } = stack.use(await startWindlass(kind));
  const run = list.filter((application) => !skip(application));
  const watching = observeApplications({
    client,
    clock: systemClock,
    expected: new Map(run.map(({ name, health }) => [name, health[kind]])),
    deadlineMs,
    holdMs,
  });
  for (const application of run) {
    if (!application.madeBy) await client.create(applicationType, buildApplication(application, data.urlOf));
  }
  const seen = await watching;
  return await Promise.all(
    list.map(async (application) => {
      const observation = seen.get(application.name);
      const found = await inspect(client, observation?.resources ?? []);
      return { application, observation, ...found, skipped: skip(application) };
    }),
  );
}

/** A status can claim anything; the cluster is asked for every object, and whether it is healthy. */
async function inspect(client: KubeClient, resources: readonly ObservedResource[]) {
  const missing: string[] = [];
  const unhealthy: ObservedResource[] = [];
  for (const resource of resources) {
    const object = await findLive(client, resource);
    if (!object) missing.push([resource.kind, resource.namespace, resource.name].filter(Boolean).join('/'));
    const health = object && assessHealth(object);
    if (health && health.status !== 'Healthy') unhealthy.push(resource);
  }
  return { missing, unhealthy };
}

async function findLive(client: KubeClient, resource: ObservedResource): Promise<KubeObject | undefined> {
  const { group, version, kind, namespace, name } = resource;
  const type = await client.discovery.find({ group, version, kind });
  if (!type) return undefined;
  try {
    return await client.get(type, name, namespace ? { namespace } : {});
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
