import { exec, minimalEnv } from '#base/exec';
import { isRecord } from '#base/json';
import { systemClock } from '#base/clock';
import { annotations, appProjectType, applicationType, argoApiVersion } from '#core/api';
import type { KubeClient, KubeObject } from '#libs/kube';
import type { TestRepository } from '#harness';
import { readFacts } from './read-facts.ts';
import type { Facts, RecordedCase, Recording, Stage } from './recorded-cases.ts';

export interface ReplayTarget {
  readonly client: KubeClient;
  /** For the kubectl commands of the recording. */
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly namespace: string;
  readonly repository: TestRepository & { readonly url: string };
  /** Counts everything that changes, so that "nothing changed any more" is seen, not guessed. */
  readonly activity: () => number;
  readonly quietMs: number;
}

export type Replayed = Readonly<Record<string, Partial<Record<Stage, Facts>>>>;

/** Performs the recording as its README says: commit one, settle, commit two with a refresh of all, settle, commands, settle. */
export async function replay(target: ReplayTarget, recording: Recording): Promise<Replayed> {
  const { client, namespace, repository } = target;
  const answers: Record<string, Partial<Record<Stage, Facts>>> = Object.fromEntries(
    recording.cases.map(({ name }) => [name, {}]),
  );
  for (const [name, spec] of Object.entries(recording.projects)) {
    await client.create(appProjectType, {
      apiVersion: argoApiVersion,
      kind: 'AppProject',
      metadata: { name, namespace },
      spec,
    });
  }
  await repository.commit(
    Object.fromEntries(
      recording.cases.flatMap(({ name, files }) =>
        Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]),
      ),
    ),
    'one',
  );
  await repository.tag('1.0.0');
  await repository.tag('1.2.3');
  for (const one of recording.cases)
    for (const command of one.before ?? []) await runCommand(target, one.name, command);
  for (const one of recording.cases) await client.create(applicationType, buildApplication(one, target));
  await record('one', recording.cases);

  const second = recording.cases.filter(({ files2 }) => files2);
  await repository.commit(
    Object.fromEntries(
      second.flatMap(({ name, files2 }) =>
        Object.entries(files2 ?? {}).map(([path, text]) => [`${name}/${path}`, text]),
      ),
    ),
    'two',
  );
  for (const { name } of recording.cases) {
    await client.patch(
      applicationType,
      `p-${name}`,
      { metadata: { annotations: { [annotations.refresh]: 'normal' } } },
      { type: 'merge', namespace },
    );
  }
  await record('two', second);

  const third = recording.cases.filter(({ do2 }) => do2);
  await Promise.all(
    third.map(async ({ name, do2 }) => {
      for (const command of do2 ?? []) await runCommand(target, name, command);
    }),
  );
  await record('three', third);
  return answers;

  async function record(stage: Stage, cases: readonly RecordedCase[]): Promise<void> {
    await settle(target);
    for (const { name } of cases)
      (answers[name] as Partial<Record<Stage, Facts>>)[stage] = await readFacts(client, namespace, name);
  }
}

function buildApplication({ name, spec = {} }: RecordedCase, { namespace, repository }: ReplayTarget): KubeObject {
  const base: Record<string, unknown> = {
    project: 'default',
    source: { repoURL: repository.url, path: name, targetRevision: 'main' },
    destination: { server: 'https://kubernetes.default.svc', namespace: `parity-${name}` },
    syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
  };
  for (const [key, value] of Object.entries(spec)) {
    if (value === null) delete base[key];
    else
      base[key] =
        key === 'source' && isRecord(value) && isRecord(base['source']) ? { ...base['source'], ...value } : value;
  }
  const text = JSON.stringify(base).replaceAll('%URL', repository.url);
  return {
    apiVersion: argoApiVersion,
    kind: 'Application',
    metadata: { name: `p-${name}`, namespace },
    spec: JSON.parse(text) as unknown,
  };
}

/** The recording's commands are kubectl calls with shell quoting; they run through a shell, as they did there. */
async function runCommand(
  { kubectl, kubeconfig, namespace }: ReplayTarget,
  name: string,
  command: string,
): Promise<void> {
  const text = command
    .replaceAll('%NS', `parity-${name}`)
    .replaceAll('%APP', `p-${name}`)
    .replaceAll('-n argocd', `-n ${namespace}`)
    .replace(/^kubectl /, `"${kubectl}" `);
  await exec('/bin/sh', ['-c', text], { env: { ...minimalEnv(), KUBECONFIG: kubeconfig } });
}

/** Returns when nothing has changed for `quietMs`, or after two minutes. */
async function settle({ activity, quietMs }: ReplayTarget): Promise<void> {
  const end = systemClock.monotonic() + 120_000;
  let last = activity();
  let quietSince = systemClock.monotonic();
  while (systemClock.monotonic() < end && systemClock.monotonic() - quietSince < quietMs) {
    await systemClock.sleep(200);
    const now = activity();
    if (now !== last) {
      last = now;
      quietSince = systemClock.monotonic();
    }
  }
}
