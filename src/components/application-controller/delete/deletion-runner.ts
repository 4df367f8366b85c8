import type { Limiter } from '#base/limiter';
import type { Logger } from '#base/log';
import type { Application } from '#core/api';
import { annotations, applicationType, finalizers } from '#core/api';
import { parseSyncOptions, planDeletion } from '#core/engine';
import type { DeletionTarget } from '#core/engine';
import { formatGroupKind, gvkOf, isConflict, isNotFound, resourceKeyOf } from '#libs/kube';
import type { KubeClient, KubeObject, ResourceKey } from '#libs/kube';
import { atFailpoint } from '../failpoint.ts';
import type { Failpoint } from '../failpoint.ts';
import type { LiveCluster } from '../live/live-cluster.ts';
import { isDeleteHook, runDeleteHooks } from './delete-hooks.ts';
import type { DeleteHookType } from './delete-hooks.ts';
import { controllerManager, toApplication } from '../status/status-writer.ts';

export interface DeletionRunnerOptions {
  /** Of the control plane. */
  readonly client: KubeClient;
  readonly limiter: Limiter;
  readonly log: Logger;
  readonly failpoint: Failpoint | undefined;
  /** Takes in what the API server answered. */
  readonly observe: (object: KubeObject) => void;
}

export interface DeletionRequest {
  readonly application: Application;
  readonly instance: string;
  /** undefined: the destination cannot be resolved (any more). */
  readonly cluster: LiveCluster | undefined;
  /** Every wanted object, for the hooks of the deletion; undefined when it cannot be told (any more): then none run. */
  readonly targets: () => Promise<readonly KubeObject[] | undefined>;
  /** Objects that the project forbids are nobody's to delete. */
  readonly isPermitted: (object: KubeObject) => boolean;
  readonly signal: AbortSignal;
}

export type DeletionProgress =
  | { readonly type: 'done' }
  /** Go on when an object of the application changes. `isNews`: a person should know what is waited for. */
  | { readonly type: 'waiting'; readonly message: string; readonly isNews: boolean };

const cascading: readonly string[] = [finalizers.resources, finalizers.foreground, finalizers.background];
const ownPrefixes: readonly string[] = [finalizers.resources, finalizers.preDelete, finalizers.postDelete];

/** Whether this controller holds up the deletion of an Application. */
export function hasOwnFinalizer({ metadata }: Pick<Application, 'metadata'>): boolean {
  return (metadata.finalizers ?? []).some(isOwn);
}

/** Cascades the deletion of an Application, wave by wave, from what is live: it needs no repository (`compatibility.md` a.11). */
export class DeletionRunner {
  readonly #options: DeletionRunnerOptions;

  constructor(options: DeletionRunnerOptions) {
    this.#options = options;
  }

  async advance(request: DeletionRequest): Promise<DeletionProgress> {
    const { application, cluster, signal } = request;
    const own = application.metadata.finalizers ?? [];
    let left = application;
    if (cluster !== undefined) {
      const before = await this.#runHooks('PreDelete', finalizers.preDelete, request, cluster);
      if (before.waiting !== undefined) return before.waiting;
      if (own.some((finalizer) => cascading.includes(finalizer))) {
        const progress = await this.#cascade(request, cluster, own.includes(finalizers.background));
        if (progress !== undefined) return progress;
      }
      const behind = { ...request, application: before.application };
      const after = await this.#runHooks('PostDelete', finalizers.postDelete, behind, cluster);
      if (after.waiting !== undefined) return after.waiting;
      await this.#removeHooks(request, cluster);
      left = after.application;
    }
    await this.#changeFinalizers(left, (all) => all.filter((finalizer) => !isOwn(finalizer)), signal);
    this.#options.log.info(
      { application: `${application.metadata.namespace}/${application.metadata.name}` },
      'Deleted',
    );
    return { type: 'done' };
  }

  /** Runs the hooks that a finalizer stands for; it goes once they have ended, so that a restart does not run them again. */
  async #runHooks(
    type: DeleteHookType,
    finalizer: string,
    { targets, signal, application }: DeletionRequest,
    cluster: LiveCluster,
  ): Promise<{ readonly application: Application; readonly waiting?: DeletionProgress }> {
    if (!(application.metadata.finalizers ?? []).includes(finalizer)) return { application };
    const wanted = await targets();
    if (wanted === undefined) {
      this.#options.log.warn(
        { application: application.metadata.name, type },
        'Deletion hooks are unknown and do not run',
      );
    } else {
      const { failpoint } = this.#options;
      const message = await runDeleteHooks({ type, targets: wanted, cluster, failpoint, signal });
      if (message !== undefined) return { application, waiting: { type: 'waiting', message, isNews: true } };
    }
    const ended = (all: readonly string[]) => all.filter((one) => one !== finalizer);
    return { application: (await this.#changeFinalizers(application, ended, signal)) ?? application };
  }

  /** Hooks of the deletion that have ended go by their policy; those that say nothing stay until they would be made again. */
  async #removeHooks({ instance, signal }: DeletionRequest, cluster: LiveCluster): Promise<void> {
    const hooks = markedObjects(cluster, instance).filter(
      (object) =>
        isDeleteHook(object) &&
        (object.metadata.annotations?.[annotations.hookDeletePolicy] ?? '').includes('HookSucceeded'),
    );
    for (const hook of hooks) {
      const { group, version } = gvkOf(hook);
      const target: DeletionTarget = {
        key: resourceKeyOf(hook),
        version,
        uid: hook.metadata.uid,
        propagation: 'Background',
      };
      this.#options.log.debug({ group, hook: hook.metadata.name }, 'Removing a deletion hook');
      await this.#delete(target, cluster, signal);
    }
  }

  async #cascade(
    request: DeletionRequest,
    cluster: LiveCluster,
    isBackground: boolean,
  ): Promise<DeletionProgress | undefined> {
    const { application, instance, isPermitted, signal } = request;
    const unseen = unseenKinds(application, cluster);
    if (unseen.length > 0)
      return { type: 'waiting', message: `Cannot tell what is left: ${unseen.join('; ')}`, isNews: true };
    for (;;) {
      signal.throwIfAborted();
      const step = planDeletion({
        owned: markedObjects(cluster, instance).filter((object) => isPermitted(object) && !isDeleteHook(object)),
        options: parseSyncOptions(application.spec.syncPolicy?.syncOptions ?? []),
        propagation: isBackground ? 'Background' : 'Foreground',
        self: selfKey(application),
        isApproved: isApproved(application),
      });
      if (step.type === 'done') return undefined;
      if (step.type !== 'delete') return { type: 'waiting', message: step.message, isNews: step.type === 'confirm' };
      await Promise.all(
        step.targets.map((target) => this.#options.limiter.run(() => this.#delete(target, cluster, signal))),
      );
    }
  }

  async #delete(
    { key, version, uid, propagation }: DeletionTarget,
    cluster: LiveCluster,
    signal: AbortSignal,
  ): Promise<void> {
    const type = cluster.resource({ ...key, version });
    if (type === undefined) return cluster.observeDeleted(key);
    try {
      const answer = await atFailpoint(this.#options.failpoint, 'cascade', () =>
        cluster.client.delete(type, key.name, {
          ...(key.namespace === '' ? {} : { namespace: key.namespace }),
          propagationPolicy: propagation,
          ...(uid === undefined ? {} : { preconditions: { uid } }),
          signal,
        }),
      );
      if (answer.kind === 'Status' || answer.metadata.deletionTimestamp === undefined) cluster.observeDeleted(key);
      else cluster.observe(answer);
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
      cluster.observeDeleted(key);
    }
  }

  /** Writes other finalizers; undefined when the Application is gone. Those of others stay as they are. */
  async #changeFinalizers(
    application: Application,
    change: (all: readonly string[]) => readonly string[],
    signal: AbortSignal,
  ): Promise<Application | undefined> {
    const { client, failpoint, observe } = this.#options;
    const { name = '', namespace = '' } = application.metadata;
    for (let current = application; ;) {
      const { finalizers: all = [], resourceVersion } = current.metadata;
      const patch = { metadata: { resourceVersion, finalizers: change(all) } };
      try {
        const stored = await atFailpoint(failpoint, 'finalizers', () =>
          client.patch(applicationType, name, patch, {
            type: 'merge',
            fieldManager: controllerManager,
            namespace,
            signal,
          }),
        );
        observe(stored);
        return toApplication(stored);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        if (!isConflict(error)) throw error;
        const newer = await client.get(applicationType, name, { namespace, signal }).catch((cause: unknown) => {
          if (isNotFound(cause)) return undefined;
          throw cause;
        });
        if (newer === undefined) return undefined;
        current = toApplication(newer);
      }
    }
  }
}

function isOwn(finalizer: string): boolean {
  return ownPrefixes.some((prefix) => finalizer === prefix || finalizer.startsWith(`${prefix}/`));
}

function markedObjects(cluster: LiveCluster, instance: string): readonly KubeObject[] {
  return cluster.index.managedBy(instance).flatMap((node) => {
    // What a controller made goes with its owner; a copied mark is nobody's wish.
    if (node.owners.length > 0 || !node.isSelfReference) return [];
    const object = cluster.index.object(node.key);
    return object === undefined ? [] : [object];
  });
}

/** Kinds that the application had objects of and that cannot be read now: their absence is no proof. */
function unseenKinds({ status }: Application, cluster: LiveCluster): readonly string[] {
  const kinds = new Map(
    (status?.resources ?? []).map(({ group = '', kind = '' }) => [`${group}/${kind}`, { group, kind }]),
  );
  return [...kinds.values()].flatMap((kind) => {
    const problem = cluster.problemOf(kind);
    return problem === undefined ? [] : [`${formatGroupKind(kind)}: ${problem}`];
  });
}

function selfKey({ metadata }: Application): ResourceKey {
  return { group: 'argoproj.io', kind: 'Application', namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}

function isApproved({ metadata }: Application): boolean {
  const approved = Date.parse(metadata.annotations?.[annotations.deletionApproved] ?? '');
  return Number.isFinite(approved) && approved >= Date.parse(metadata.deletionTimestamp ?? '');
}
