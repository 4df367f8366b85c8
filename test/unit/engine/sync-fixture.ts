import type {
  NextStep,
  PassInput,
  PlanInput,
  ResourceResult,
  Step,
  StepOutcome,
  SyncPlan,
  SyncTask,
} from '#core/engine';
import { decideNextStep, marks, parseSyncOptions, planSync, recordOutcome } from '#core/engine';
import type { KubeObject, ResourceKey } from '#libs/kube';
import { formatResourceKey, resourceKeyOf } from '#libs/kube';

const apiVersions: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  Job: 'batch/v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Thing: 'parity.example.com/v1',
};
const clusterScoped: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition']);

/** "ConfigMap a" with annotations by their short names: `{ 'sync-wave': '1' }`; dotted ones as they are. */
export function make(what: string, annotations: Readonly<Record<string, string>> = {}, more: object = {}): KubeObject {
  const [kind = '', name = ''] = what.split(' ');
  const full = Object.entries(annotations).map(([key, value]) => [
    key.includes('.') ? key : `argocd.argoproj.io/${key}`,
    value,
  ]);
  return {
    apiVersion: apiVersions[kind] ?? 'v1',
    kind,
    metadata: {
      name,
      ...(clusterScoped.has(kind) ? {} : { namespace: 'n' }),
      ...(full.length === 0 ? {} : { annotations: Object.fromEntries(full) as Record<string, string> }),
    },
    ...more,
  };
}

/** A cluster of the mind: steps change it as a server would, jobs end when told to. */
export class MindCluster {
  readonly objects = new Map<string, KubeObject>();
  /** What was sent, in order: "apply ConfigMap/a". */
  readonly sent: string[] = [];
  /** Messages of objects that the server refuses, by name. */
  readonly refusals = new Map<string, string>();
  #uids = 0;

  add(...objects: readonly KubeObject[]): void {
    for (const object of objects) this.#put(object);
  }

  readonly live = (key: ResourceKey): KubeObject | undefined => this.objects.get(formatResourceKey(key));

  update(what: string, change: (object: KubeObject) => KubeObject): void {
    const id = [...this.objects.keys()].find((key) => key.includes(`/${what.replace(' ', '/n/')}`));
    const object = id === undefined ? undefined : this.objects.get(id);
    if (id === undefined || object === undefined)
      throw new Error(`No ${what} in ${[...this.objects.keys()].join(' ')}.`);
    this.objects.set(id, change(object));
  }

  finish(job: string, type: 'Complete' | 'Failed', message = ''): void {
    this.update(`Job ${job}`, (object) => ({ ...object, status: { conditions: [{ type, status: 'True', message }] } }));
  }

  remove(key: ResourceKey): void {
    this.objects.delete(formatResourceKey(key));
  }

  execute(step: Step): StepOutcome | undefined {
    const key = 'task' in step ? step.task.key : step.key;
    this.sent.push(`${step.type} ${key.kind}/${key.name}`);
    switch (step.type) {
      case 'apply':
        return this.#apply(step.task);
      case 'prune':
        this.remove(key);
        return { type: 'pruned' };
      case 'delete-hook':
        if (this.live(key)?.metadata.finalizers?.includes(marks.hookFinalizer) === true) {
          this.#put({
            ...(this.live(key) as KubeObject),
            metadata: { ...this.live(key)?.metadata, deletionTimestamp: 'now' },
          });
        } else this.remove(key);
        return undefined;
      default:
        this.#release(key);
        return undefined;
    }
  }

  #apply(task: SyncTask): StepOutcome {
    const message = this.refusals.get(task.key.name);
    if (message !== undefined) return { type: 'failed', message };
    const before = this.live(task.key);
    const status = before?.['status'];
    this.#put({ ...(task.desired as KubeObject), ...(status === undefined ? {} : { status }) });
    if (task.action === 'replace' || task.action === 'create') {
      return {
        type: 'replaced',
        verb: before === undefined ? 'created' : 'replaced',
        deletedFirst: task.isForced && before !== undefined,
      };
    }
    return { type: 'applied', verb: before === undefined ? 'created' : 'configured' };
  }

  #release(key: ResourceKey): void {
    const object = this.live(key);
    if (object === undefined) return;
    if (object.metadata.deletionTimestamp !== undefined) return this.remove(key);
    const finalizers = object.metadata.finalizers?.filter((name) => name !== marks.hookFinalizer) ?? [];
    this.#put({ ...object, metadata: { ...object.metadata, finalizers } });
  }

  #put(object: KubeObject): void {
    const id = formatResourceKey(resourceKeyOf(object));
    const uid = this.objects.get(id)?.metadata.uid ?? object.metadata.uid ?? `uid-${++this.#uids}`;
    this.objects.set(id, { ...object, metadata: { ...object.metadata, uid } });
  }
}

export interface Scenario {
  readonly targets: readonly KubeObject[];
  readonly extraneous?: readonly KubeObject[];
  readonly options?: readonly string[];
  readonly operation?: Partial<PlanInput['operation']>;
  readonly cluster?: MindCluster;
  readonly input?: Partial<PlanInput>;
}

export function plan({
  targets,
  extraneous = [],
  options = [],
  operation,
  cluster = new MindCluster(),
  input,
}: Scenario): SyncPlan {
  return planSync({
    operation: {
      id: 'op-1',
      revision: '0123456789abcdef',
      startedAt: '2026-01-01T00:00:00Z',
      prune: true,
      dryRun: false,
      strategy: 'hook',
      force: false,
      ...operation,
    },
    options: parseSyncOptions(options),
    destinationNamespace: 'n',
    targets,
    extraneous,
    live: cluster.live,
    isInSync: () => false,
    kindFacts: ({ kind, group }) =>
      group === 'parity.example.com' ? undefined : { isNamespaced: !clusterScoped.has(kind) },
    refusal: () => undefined,
    ...input,
  });
}

/** "PreSync 0 Job/a": tasks in order. */
export function orderOf({ tasks }: SyncPlan): readonly string[] {
  return tasks.map(
    ({ phase, wave, key, action }) => `${phase} ${wave} ${action === 'prune' ? 'prune ' : ''}${key.kind}/${key.name}`,
  );
}

/** Runs an operation as the controller does, until it waits or ends. */
export class Operation {
  results: readonly ResourceResult[] = [];
  plan: SyncPlan;
  readonly cluster: MindCluster;
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.cluster = scenario.cluster ?? new MindCluster();
    this.#scenario = { ...scenario, cluster: this.cluster };
    this.plan = plan(this.#scenario);
  }

  /** A new process: the rows of the last pass, and a plan made from what is live now. */
  #restart(results: readonly ResourceResult[]): void {
    const extraneous = (this.#scenario.extraneous ?? []).filter((object) => this.cluster.live(resourceKeyOf(object)));
    this.results = results;
    this.plan = plan({ ...this.#scenario, extraneous });
  }

  /** `dies` is asked after every step: a process that dies there has recorded nothing since the last pass. */
  run(more: Partial<PassInput> = {}, dies: () => boolean = () => false): NextStep {
    for (let pass = 0; pass < 100; pass++) {
      const next = decideNextStep({ plan: this.plan, results: this.results, live: this.cluster.live, ...more });
      this.results = next.results;
      if (next.type === 'wait') return next;
      const groups = next.type === 'done' ? next.cleanup : next.groups;
      const outcome = this.#carryOut(groups, dies);
      // The phase is written after the cleanup: who dies in it passes again.
      if (next.type === 'done' && outcome === 'done') return next;
      if (outcome === 'died') this.#restart(next.results);
    }
    throw new Error('The operation does not come to an end.');
  }

  #carryOut(groups: readonly (readonly Step[])[], dies: () => boolean): 'done' | 'died' {
    for (const group of groups) {
      let hasFailed = false;
      for (const step of group) {
        const outcome = this.cluster.execute(step);
        if (dies()) return 'died';
        if (outcome !== undefined && 'task' in step) this.results = recordOutcome(this.results, step.task, outcome);
        hasFailed ||= outcome?.type === 'failed';
      }
      if (hasFailed) break;
    }
    return 'done';
  }

  /** Rows as the recordings write them: "ConfigMap a Synced Running Sync". */
  get rows(): readonly string[] {
    return this.results
      .map(({ kind, name, status, hookType, hookPhase, syncPhase }) =>
        [kind, name, status, hookType, hookPhase, syncPhase]
          .filter((part) => part !== undefined && part !== '')
          .join(' '),
      )
      .sort();
  }

  get messages(): readonly string[] {
    return this.results.map(({ kind, message }) => `${kind} ${message ?? ''}`).sort();
  }
}
