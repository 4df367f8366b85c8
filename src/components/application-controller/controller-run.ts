import { toWindlassError } from '#base/errors';
import { hashJson } from '#base/hash';
import { Limiter } from '#base/limiter';
import type { AppProject, Application } from '#core/api';
import { appProjectType, applicationType } from '#core/api';
import type { ClusterChange } from '#core/engine';
import { Informer, WorkQueue, formatResourceKey, isAlreadyExists } from '#libs/kube';
import type { KubeObject } from '#libs/kube';
import { JqRunner, findJqPaths } from '#libs/languages/jq';
import { buildDefaultProject, effectiveProject, matchNamespace } from '#services/projects';
import { SettingsSource } from '#services/settings';
import type { ApplicationRecord } from './application-record.ts';
import { createRecord } from './application-record.ts';
import { ClusterPool } from './clusters/cluster-pool.ts';
import { SecretSource } from './clusters/secret-source.ts';
import { DeletionRunner } from './delete/deletion-runner.ts';
import { DesiredSource } from './desired/desired-source.ts';
import { EventRecorder } from './events/event-recorder.ts';
import { atFailpoint } from './failpoint.ts';
import { ControllerMetrics } from './metrics/controller-metrics.ts';
import type { MeasuredState } from './metrics/controller-metrics.ts';
import type { ApplicationControllerOptions, ControllerStatus } from './options.ts';
import { priorities } from './priorities.ts';
import { Reconciler, specFingerprint } from './reconciler.ts';
import { RevisionSource } from './refs/revision-source.ts';
import { refreshAnnotation } from './refresh/decide-refresh.ts';
import { Refresher } from './refresh/refresher.ts';
import { applicationKey } from './refresh/sources-of.ts';
import { StatusWriter, controllerManager, toApplication } from './status/status-writer.ts';
import { OperationRunner } from './sync/operation-runner.ts';
import { readDeployments, readOperationMark } from './sync/operation-marks.ts';
import { collectManifestGarbage } from './sync/collect-manifest-garbage.ts';
import { ArgoCdWatch } from './takeover/argo-cd-watch.ts';
import { TargetIndex } from './target-index.ts';
import { ReVerifier } from './verify/re-verifier.ts';

/** One term of leadership: caches, queue and workers; gone with it. */
export class ControllerRun {
  readonly #options: ApplicationControllerOptions;
  readonly #queue: WorkQueue;
  readonly #records = new Map<string, ApplicationRecord>();
  readonly #targets = new TargetIndex();
  readonly #applications: Informer;
  readonly #projects: Informer;
  readonly #settings: SettingsSource;
  readonly #secrets: SecretSource;
  readonly #clusters: ClusterPool;
  readonly #revisions: RevisionSource;
  readonly #desired: DesiredSource;
  readonly #metrics: ControllerMetrics;
  readonly #events: EventRecorder;
  readonly #jq: JqRunner;
  readonly #argoCd: ArgoCdWatch;
  #credentialsFingerprint = '';
  #isReady = false;

  constructor(options: ApplicationControllerOptions) {
    const { client, namespace, clock, log, repoServer, manifestStore } = options;
    const base = { client, clock, log };
    this.#options = options;
    this.#metrics = new ControllerMetrics(options.metrics);
    this.#events = new EventRecorder(options);
    this.#jq = new JqRunner({ clock });
    this.#queue = new WorkQueue({ clock });
    this.#settings = new SettingsSource({ ...base, namespace, changed: () => this.#settingsChanged() });
    this.#secrets = new SecretSource({
      ...base,
      namespace,
      clustersChanged: () => this.#clustersChanged(),
      credentialsChanged: () => this.#credentialsChanged(),
    });
    this.#applications = this.#watchApplications();
    this.#projects = this.#watchProjects();
    this.#argoCd = new ArgoCdWatch({
      ...options,
      applications: () => this.#applications.list(),
      freed: () => this.#reconsider(this.#applications.list().map((object) => applicationKey(toApplication(object)))),
    });
    this.#clusters = new ClusterPool({
      ...base,
      connect: options.connect,
      settings: () => this.#settings.current,
      connections: () => this.#secrets.clusters,
      changed: (server, change) => this.#clusterChanged(server, change),
      kindsChanged: (server) => this.#reconsider(this.#clusters.usersOf(server)),
    });
    this.#revisions = new RevisionSource({
      repoServer,
      clock,
      log,
      policy: () => ({
        intervalMs: this.#settings.current.pollIntervalMs,
        jitterMs: this.#settings.current.pollJitterMs,
      }),
      access: (repoUrl, project) => this.#desired.access(repoUrl, project),
      news: (users) => {
        for (const user of users) this.#queue.add(user.replace(/#operation$/, ''), priorities.poll);
      },
    });
    this.#desired = new DesiredSource({
      log,
      repoServer,
      manifestStore,
      revisions: this.#revisions,
      credentials: () => this.#secrets.credentials,
    });
  }

  #watchApplications(): Informer {
    const { client, clock, log } = this.#options;
    return new Informer({
      client,
      clock,
      log,
      type: applicationType,
      handlers: {
        changed: (object, previous) => this.#applicationChanged(object, previous),
        deleted: (object) => this.#enqueue(toApplication(object), priorities.user),
      },
    });
  }

  #watchProjects(): Informer {
    const { client, clock, log, namespace } = this.#options;
    const changed = (object: KubeObject) => this.#projectChanged(object);
    return new Informer({
      client,
      clock,
      log,
      namespace,
      type: appProjectType,
      handlers: { changed, deleted: changed },
    });
  }

  #createReconciler(): Reconciler {
    const desired = this.#desired;
    const { client, namespace, clock, log, failpoint } = this.#options;
    const limiter = new Limiter(this.#settings.current.applyParallelism);
    const observe = (object: KubeObject) => this.#applications.observe(object);
    const refresher = new Refresher({
      clock,
      desired,
      jq: { findPaths: (questions) => findJqPaths(this.#jq, questions) },
      indexTargets: ({ key, clusterEntry }, { byId }) => this.#targets.set(key, clusterEntry.server, byId.keys()),
      corrected: ({ key, clusterEntry }, ids) => {
        log.warn({ application: key, resources: ids }, 'Corrected verdicts that were out of date');
        this.#metrics.corrected(clusterEntry.server, ids.length);
      },
    });
    return new Reconciler({
      namespace,
      clock,
      log,
      settings: () => this.#settings.current,
      findProject: (name) => this.#findProject(name),
      clusters: this.#clusters,
      refresher,
      operations: new OperationRunner({
        clock,
        log,
        limiter,
        failpoint,
        render: (session, source, operation) => desired.renderOperation(session, source, operation),
        targetsOf: (session, rendered) => refresher.targetsOf(session, rendered),
        compare: (session, targets) => refresher.compare(session, targets),
      }),
      deletions: new DeletionRunner({ client, limiter, log, failpoint, observe }),
      writer: new StatusWriter({ client, failpoint, observe }),
      wake: (key, atMs) => this.#queue.addAfter(key, Math.max(0, atMs - clock.now()), priorities.poll),
      observed: (before, after) => this.#observed(before, after),
    });
  }

  /** Runs until the signal aborts. `ready` is called when the caches of the control plane are filled. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { log, clock, verifyPeriodMs = 600_000 } = this.#options;
    const verifier = new ReVerifier({
      clock,
      log,
      clusters: this.#clusters,
      periodMs: verifyPeriodMs,
      corrected: (server, corrections) => this.#metrics.corrected(server, corrections.length),
      recheck: (_server, ids) => this.#recheck(ids),
    });
    try {
      await Promise.all([this.#settings.start(), this.#secrets.start(), this.#projects.start()]);
      this.#isReady = true;
      await this.#applications.start();
      await this.#argoCd.watch(signal);
      if (this.#argoCd.reason === undefined) await this.#createDefaultProject();
      const reconciler = this.#createReconciler();
      ready();
      log.info({ applications: this.#applications.size }, 'The application controller is ready');
      await Promise.all([
        this.#queue.run(this.#settings.current.workers, (key) => this.#work(key, reconciler, signal), signal),
        verifier.run(signal),
        collectManifestGarbage(this.#options, () => this.#keptManifests(), signal),
      ]);
    } finally {
      this.#queue.close();
      this.#revisions.stop();
      this.#events.stop();
      const informers = [this.#applications, this.#projects, this.#settings, this.#secrets];
      await Promise.all([...informers.map((informer) => informer.stop()), this.#clusters.stop(), this.#jq.close()]);
    }
  }

  /** Which stored manifests somebody still refers to: histories, operations, what is wanted now. */
  #keptManifests(): ReadonlySet<string> {
    const keep = new Set([...this.#records.values()].flatMap(({ rendered }) => rendered?.digest ?? []));
    for (const object of this.#applications.list()) {
      const application = toApplication(object);
      for (const digest of Object.values(readDeployments(application))) keep.add(digest);
      keep.add(readOperationMark(application)?.manifests ?? '');
    }
    return keep;
  }

  applications(): MeasuredState {
    return { applications: this.#applications.list().map(toApplication), clusters: this.#clusters.status() };
  }

  refresh(key: string): void {
    this.#queue.add(key, priorities.webhook);
  }

  status(): ControllerStatus {
    return {
      isLeading: true,
      readOnlyReason: this.#argoCd.reason,
      applications: this.#applications.size,
      queueDepth: this.#queue.depth,
      clusters: this.#clusters.status(),
      warnings: this.#settings.problems.map((problem) => problem.message),
    };
  }

  async #work(key: string, reconciler: Reconciler, signal: AbortSignal): Promise<void> {
    const object = this.#find(key);
    if (object === undefined || !this.#isHandled(object)) return this.#forget(key);
    let record = this.#records.get(key);
    if (record === undefined) {
      record = createRecord();
      this.#records.set(key, record);
    }
    if (this.#argoCd.reason !== undefined) return;
    const application = toApplication(object);
    const { clock } = this.#options;
    const started = clock.monotonic();
    try {
      await reconciler.reconcile(key, application, record, signal);
      this.#metrics.reconciled(application, (clock.monotonic() - started) / 1000);
      this.#metrics.queueDepth(this.#queue.depth);
    } catch (error) {
      if (!signal.aborted)
        this.#options.log.warn({ application: key, err: toWindlassError(error) }, 'Cannot reconcile');
      throw error;
    }
  }

  #find(key: string): KubeObject | undefined {
    const cut = key.indexOf('/');
    return this.#applications.get(key.slice(cut + 1), key.slice(0, cut));
  }

  #forget(key: string): void {
    this.#records.delete(key);
    this.#targets.forget(key);
    this.#revisions.forget(key);
    this.#revisions.forget(`${key}#operation`);
    this.#clusters.release(key);
    this.#queue.remove(key);
  }

  #isHandled({ metadata }: KubeObject): boolean {
    const namespace = metadata.namespace ?? '';
    const { applicationNamespaces } = this.#settings.current;
    return namespace === this.#options.namespace || matchNamespace(applicationNamespaces, namespace);
  }

  #applicationChanged(object: KubeObject, previous: KubeObject | undefined): void {
    const application = toApplication(object);
    const isFirst = previous === undefined;
    const before = isFirst ? undefined : toApplication(previous);
    const isStopping = application.status?.operationState?.phase === 'Terminating';
    // Our own status writes come back as events, too.
    if (before !== undefined && !isStopping && specFingerprint(before) === specFingerprint(application)) return;
    const isUserWish = refreshAnnotation(application) !== undefined || application.operation !== undefined;
    this.#enqueue(application, isUserWish || !isFirst ? priorities.user : priorities.poll);
  }

  #enqueue(application: Application, priority: number): void {
    this.#queue.add(applicationKey(application), priority);
  }

  #observed(before: Application, after: Application): void {
    this.#events.observe(before, after);
    const [old, now] = [before.status?.operationState, after.status?.operationState];
    const isEnd = now?.finishedAt !== undefined && now.phase !== 'Running' && now.finishedAt !== old?.finishedAt;
    if (isEnd) this.#metrics.synced(after);
  }

  /** Compares the applications of these resources from scratch, after everything else. */
  #recheck(ids: readonly string[]): void {
    const wanted = new Set(ids);
    for (const [key, record] of this.#records) {
      if (![...record.verdicts.keys()].some((id) => wanted.has(id))) continue;
      record.isVerifying = true;
      this.#queue.add(key, priorities.verify);
    }
  }

  #credentialsChanged(): void {
    if (!this.#isReady) return;
    const fingerprint = hashJson(this.#secrets.fingerprint());
    if (fingerprint === this.#credentialsFingerprint) return;
    this.#credentialsFingerprint = fingerprint;
    // What could not be read may be readable now.
    const failing = [...this.#records].filter(([, record]) => record.failure !== undefined).map(([key]) => key);
    for (const key of failing) this.#revisions.forget(key);
    this.#reconsider(failing);
  }

  #clusterChanged(server: string, { key, instances, managedBy }: ClusterChange): void {
    this.#metrics.clusterEvent(server, key);
    const id = formatResourceKey(key);
    const touched = new Set<string>();
    for (const instance of managedBy === undefined ? instances : [managedBy, ...instances]) {
      const application = this.#keyOf(instance);
      const record = this.#records.get(application);
      if (record === undefined || this.#clusters.find(server) === undefined) continue;
      if (instance === managedBy || record.verdicts.has(id)) record.changed.add(id);
      touched.add(application);
    }
    for (const application of this.#targets.applicationsOf(server, id)) {
      this.#records.get(application)?.changed.add(id);
      touched.add(application);
    }
    for (const application of touched) this.#queue.add(application, priorities.poll);
  }

  /** The inverse of the instance name; names of namespaces and Applications hold no underscore. */
  #keyOf(instance: string): string {
    const cut = instance.indexOf('_');
    return cut < 0 ? `${this.#options.namespace}/${instance}` : `${instance.slice(0, cut)}/${instance.slice(cut + 1)}`;
  }

  #findProject(name: string): AppProject | undefined {
    const find = (wanted: string) =>
      this.#projects.get(wanted, this.#options.namespace) as (AppProject & KubeObject) | undefined;
    const project = find(name);
    return project === undefined ? undefined : effectiveProject(project, this.#settings.current.globalProjects, find);
  }

  #projectChanged({ metadata }: KubeObject): void {
    if (!this.#isReady) return;
    const all = this.#settings.current.globalProjects.some(({ projectName }) => projectName === metadata.name);
    for (const object of this.#applications.list()) {
      const application = toApplication(object);
      if (all || (application.spec.project || 'default') === metadata.name) this.#enqueue(application, priorities.poll);
    }
  }

  #settingsChanged(): void {
    if (!this.#isReady) return;
    this.#reconsider(this.#applications.list().map((object) => applicationKey(toApplication(object))));
  }

  #clustersChanged(): void {
    if (!this.#isReady) return;
    const outdated = this.#clusters.outdated().flatMap((server) => this.#clusters.usersOf(server));
    for (const key of outdated) {
      const record = this.#records.get(key);
      if (record) record.verdicts = new Map();
    }
    this.#reconsider(outdated);
    // An application whose cluster was unknown may find it now. Its status may not say yet that it was: the record does.
    for (const [key, { isUnresolved }] of this.#records) if (isUnresolved) this.#queue.add(key, priorities.poll);
  }

  #reconsider(keys: readonly string[]): void {
    for (const key of keys) {
      const record = this.#records.get(key);
      if (record) record.isForced = true;
      this.#queue.add(key, priorities.poll);
    }
  }

  async #createDefaultProject(): Promise<void> {
    const { client, namespace, failpoint } = this.#options;
    if (this.#projects.get('default', namespace) !== undefined) return;
    const project = buildDefaultProject(namespace) as AppProject & KubeObject;
    try {
      const created = await atFailpoint(failpoint, 'project', () =>
        client.create(appProjectType, project, { fieldManager: controllerManager }),
      );
      this.#projects.observe(created);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}
