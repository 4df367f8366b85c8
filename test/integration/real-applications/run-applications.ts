import { systemClock } from '#base/clock';
import { findOnPath } from '#base/program';
import { applicationType } from '#core/api';
import type { ClusterKind } from '#harness';
import { isNotFound } from '#libs/kube';
import type { KubeClient } from '#libs/kube';
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
    expected: new Map(
      run.map(({ name, health, unhealthyKinds = [] }) => [name, { health: health[kind], unhealthyKinds }]),
    ),
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
      const missing = observation ? await findMissing(client, observation.resources) : [];
      return { application, observation, missing, skipped: skip(application) };
    }),
  );
}

/** A status can claim anything; the cluster is asked for every object. */
async function findMissing(client: KubeClient, resources: readonly ObservedResource[]): Promise<string[]> {
  const missing: string[] = [];
  for (const { group, version, kind, namespace, name } of resources) {
    const type = await client.discovery.find({ group, version, kind });
    const exists =
      type !== undefined &&
      (await client.get(type, name, namespace ? { namespace } : {}).then(
        () => true,
        (error: unknown) => {
          if (isNotFound(error)) return false;
          throw error;
        },
      ));
    if (!exists) missing.push([kind, namespace, name].filter(Boolean).join('/'));
  }
  return missing;
}
