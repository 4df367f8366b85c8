import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import { Informer } from '#libs/kube';
import type { Clock } from '#base/clock';
import { silentLogger } from '#base/log';
import type { RolloutRecording } from './rollout-recording.ts';

type Fields = Record<string, unknown>;

export const replicaSets: ResourceType = {
  group: 'apps',
  version: 'v1',
  resource: 'replicasets',
  kind: 'ReplicaSet',
  namespaced: true,
};
export const pods: ResourceType = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** Told elsewhere, or a matter of timing. */
const untold = new Set([
  'conditions',
  'observedGeneration',
  'collisionCount',
  'terminatingReplicas',
  'startTime',
  'completionTime',
]);

/** Watches one workload and what it owns, and writes down what changes. */
export class RolloutRecorder {
  readonly #clock: Clock;
  readonly #informers: Informer[];
  readonly #timeline: string[] = [];
  readonly #conditions: Record<string, string[]> = {};
  readonly #sets = new Map<string, KubeObject>();
  readonly #pods = new Map<string, KubeObject>();
  /** Names of pod revisions in the order in which they were first seen. */
  readonly #revisions: string[] = [];
  readonly #listeners = new Set<() => void>();
  #workload: KubeObject | undefined;
  #mostReplicas = 0;
  #fewestAvailable: number | undefined;
  #lastChange: number;

  constructor(options: {
    readonly client: KubeClient;
    readonly clock: Clock;
    readonly namespace: string;
    readonly workload: ResourceType;
  }) {
    const { client, clock, namespace, workload } = options;
    this.#clock = clock;
    this.#lastChange = clock.monotonic();
    const follow = (type: ResourceType, changed: (object: KubeObject) => void, deleted: (object: KubeObject) => void) =>
      new Informer({
        client,
        clock,
        namespace,
        type,
        log: silentLogger,
        handlers: { changed: (o) => this.#note(changed, o), deleted: (o) => this.#note(deleted, o) },
      });
    this.#informers = [
      follow(
        workload,
        (object) => this.#onWorkload(object),
        () => undefined,
      ),
    ];
    if (workload.resource === 'deployments') {
      this.#informers.push(
        follow(
          replicaSets,
          (object) => this.#onSet(object, true),
          (object) => this.#onSet(object, false),
        ),
      );
    }
    this.#informers.push(
      follow(
        pods,
        (object) => this.#onPod(object, true),
        (object) => this.#onPod(object, false),
      ),
    );
  }

  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.stop()));
  }

  get workload(): KubeObject | undefined {
    return this.#workload;
  }

  get sets(): KubeObject[] {
    return [...this.#sets.values()];
  }

  get pods(): KubeObject[] {
    return [...this.#pods.values()];
  }

  /** Resolves as soon as `holds` does, looking again at every change. */
  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve, reject) => {
        const done = () => {
          this.#listeners.delete(done);
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const onAbort = () => {
          this.#listeners.delete(done);
          reject(signal.reason as Error);
        };
        if (signal.aborted) return onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
        this.#listeners.add(done);
      });
    }
  }

  /** Resolves when nothing has changed for so long. */
  async untilQuiet(ms: number): Promise<void> {
    for (;;) {
      const rest = this.#lastChange + ms - this.#clock.monotonic();
      if (rest <= 0) return;
      await this.#clock.sleep(rest);
    }
  }

  /** From now on availability counts. */
  beginBounds(): void {
    this.#fewestAvailable ??= statusNumber(this.#workload, 'availableReplicas');
  }

  finish(): RolloutRecording {
    const status = Object.fromEntries(Object.entries(statusOf(this.#workload)).filter(([field]) => !untold.has(field)));
    for (const key of ['currentRevision', 'updateRevision'])
      if (typeof status[key] === 'string') status[key] = this.#revisionNumber(status[key]);
    return {
      timeline: this.#timeline,
      conditions: this.#conditions,
      bounds: { mostReplicas: this.#mostReplicas, fewestAvailable: this.#fewestAvailable ?? 0 },
      final: {
        status: sortKeys(status),
        conditions: sortKeys(
          Object.fromEntries(
            conditionsOf(this.#workload).map((condition) => [condition.type, describeFully(condition)]),
          ),
        ) as Record<string, string>,
        replicas: this.#sets.size > 0 ? this.#snapshot() : this.#podSnapshot(),
      },
    };
  }

  #note(handler: (object: KubeObject) => void, object: KubeObject): void {
    this.#lastChange = this.#clock.monotonic();
    handler(object);
    for (const listener of Array.from(this.#listeners)) listener();
  }

  #onWorkload(object: KubeObject): void {
    this.#workload = object;
    for (const condition of conditionsOf(object)) {
      const list = (this.#conditions[condition.type] ??= []);
      const entry = `${condition.status}/${condition.reason ?? ''}`;
      if (list.at(-1) !== entry) list.push(entry);
    }
    if (this.#fewestAvailable !== undefined)
      this.#fewestAvailable = Math.min(this.#fewestAvailable, statusNumber(object, 'availableReplicas'));
  }

  #onSet(object: KubeObject, exists: boolean): void {
    const { uid = '' } = object.metadata;
    if (exists) this.#sets.set(uid, object);
    else this.#sets.delete(uid);
    this.#mostReplicas = Math.max(
      this.#mostReplicas,
      this.sets.reduce((sum, set) => sum + wantedOf(set), 0),
    );
    const snapshot = this.#snapshot();
    if (this.#timeline.at(-1) !== snapshot) this.#timeline.push(snapshot);
  }

  #snapshot(): string {
    const sizes = this.sets.map(
      (set) => [Number(set.metadata.annotations?.[revisionAnnotation] ?? 0), wantedOf(set)] as const,
    );
    return sizes
      .sort(([a], [b]) => a - b)
      .map(([revision, replicas]) => `${revision}:${replicas}`)
      .join(' ');
  }

  #onPod(object: KubeObject, exists: boolean): void {
    const { uid = '' } = object.metadata;
    const isNew = exists && !this.#pods.has(uid);
    if (exists) this.#pods.set(uid, object);
    else this.#pods.delete(uid);
    const revision = object.metadata.labels?.['controller-revision-hash'];
    if (revision === undefined) return;
    if (exists && !isNew) return;
    this.#timeline.push(`${exists ? '+' : '-'}${stableName(object)}@${this.#revisionNumber(revision)}`);
    this.#mostReplicas = Math.max(this.#mostReplicas, this.#pods.size);
  }

  #podSnapshot(): string {
    const entry = (pod: KubeObject) =>
      `${stableName(pod)}@${this.#revisionNumber(pod.metadata.labels?.['controller-revision-hash'] ?? '')}`;
    return this.pods.map(entry).sort().join(' ');
  }

  #revisionNumber(name: string): number {
    if (!this.#revisions.includes(name)) this.#revisions.push(name);
    return this.#revisions.indexOf(name) + 1;
  }
}

/** Pods of StatefulSets have names of their own; others only differ by chance. */
function stableName({ metadata }: KubeObject): string {
  return metadata.labels?.['statefulset.kubernetes.io/pod-name'] ?? 'pod';
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export function statusOf(object: KubeObject | undefined): Fields {
  return (object?.['status'] as Fields | undefined) ?? {};
}

export function statusNumber(object: KubeObject | undefined, field: string): number {
  return Number(statusOf(object)[field] ?? 0);
}

export function conditionsOf(object: KubeObject | undefined): Condition[] {
  return (statusOf(object)['conditions'] as Condition[] | undefined) ?? [];
}

export function wantedOf(object: KubeObject | undefined): number {
  return Number((object?.['spec'] as Fields | undefined)?.['replicas'] ?? 1);
}

/** Hashes differ between implementations; nothing else may. */
function describeFully({ status, reason = '', message = '' }: Condition): string {
  return `${status}/${reason}: ${message.replace(/"app-[a-z0-9]+"/g, '"app-HASH"').replace(/pod \S+\/app-[a-z0-9]+/g, 'pod POD')}`;
}

function sortKeys(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}
