import { WindlassError } from '#base/errors';
import { applicationType, finalizers } from '#core/api';
import type { Application, Operation } from '#core/api';
import { isConflict, isNotFound, KubeApiError } from '#libs/kube';
import type { KubeObject } from '#libs/kube';
import { SettingsCache } from './settings-cache.ts';
import { formatApplicationRef } from '../application-ref.ts';
import type {
  ApplicationFilter,
  ApplicationOperations,
  ApplicationRef,
  DeleteQuery,
  DesiredQuery,
  LogQuery,
} from '../session.ts';
import { compareApplication } from './compare-application.ts';
import type { CoreContext } from './core-context.ts';
import { fetchManifests } from './desired-manifests.ts';
import type { DestinationClients } from './destination-clients.ts';
import { fetchLiveObjects } from './live-objects.ts';
import { maskSecret } from './mask-secret.ts';
import { fetchOrphans } from './orphaned-objects.ts';
import { followLogs } from './pod-logs.ts';
import { refreshApplication } from './refresh-application.ts';
import { fetchResourceTree } from './resource-tree.ts';
import { toApplication } from './to-application.ts';
import { watchApplication } from './watch-application.ts';

const maxAttempts = 5;

/** Applications as custom resources of the control plane's cluster. */
export class CoreApplications implements ApplicationOperations {
  readonly #context: CoreContext;
  readonly #destinations: DestinationClients;
  readonly #settings: SettingsCache;

  constructor(context: CoreContext, destinations: DestinationClients) {
    this.#context = context;
    this.#destinations = destinations;
    this.#settings = new SettingsCache(context);
  }

  async list({ namespace, selector }: ApplicationFilter): Promise<readonly Application[]> {
    const options = { ...this.#call, ...(selector === undefined ? {} : { labelSelector: selector }) };
    const within = namespace ?? (await this.#settings.applicationNamespace());
    const { items } = await this.#context.client.list(applicationType, {
      ...options,
      ...(within === undefined ? {} : { namespace: within }),
    });
    return items.map(toApplication);
  }

  async get(ref: ApplicationRef): Promise<Application> {
    try {
      return toApplication(
        await this.#context.client.get(applicationType, ref.name, { namespace: ref.namespace, ...this.#call }),
      );
    } catch (error) {
      throw isNotFound(error) ? this.#notFound(ref, error) : error;
    }
  }

  refresh(ref: ApplicationRef, kind: 'normal' | 'hard', timeoutMs: number): Promise<Application> {
    return refreshApplication(this, this.#context, { ref, kind, timeoutMs });
  }

  watch(ref: ApplicationRef, signal: AbortSignal): AsyncIterable<Application | undefined> {
    return watchApplication(this.#context, ref, signal);
  }

  async create(application: Application): Promise<Application> {
    return toApplication(
      await this.#context.client.create(applicationType, toObject(application), {
        ...this.#call,
        fieldValidation: 'Strict',
      }),
    );
  }

  async update(ref: ApplicationRef, change: (application: Application) => Application): Promise<Application> {
    return this.#retry(async () => {
      const changed = change(await this.get(ref));
      return toApplication(
        await this.#context.client.update(applicationType, toObject(changed), {
          ...this.#call,
          fieldValidation: 'Strict',
        }),
      );
    });
  }

  async patch(ref: ApplicationRef, type: 'json' | 'merge', patch: unknown): Promise<Application> {
    const options = { type, namespace: ref.namespace, ...this.#call } as const;
    return toApplication(await this.#context.client.patch(applicationType, ref.name, patch, options));
  }

  async operate(
    ref: ApplicationRef,
    operation: Operation,
    marks: Readonly<Record<string, string>> = {},
  ): Promise<Application> {
    return this.#retry(async () => {
      const application = await this.get(ref);
      if (isOperating(application)) throw operationRunning(ref);
      const { resourceVersion } = application.metadata;
      // The version makes sure that no operation came in between. Once sent, the answer is waited for, whatever the user
      // presses: only so it is known whether the operation goes on.
      const patch = { metadata: { resourceVersion, annotations: marks }, operation };
      const { namespace } = ref;
      return toApplication(
        await this.#context.client.patch(applicationType, ref.name, patch, { type: 'merge', namespace }),
      );
    });
  }

  async terminate(ref: ApplicationRef): Promise<void> {
    await this.#retry(async () => {
      const application = await this.get(ref);
      const { metadata, operation, status } = application;
      if (operation === undefined && status?.operationState?.phase !== 'Running') throw noOperation(ref);
      return this.patch(ref, 'merge', {
        metadata: { resourceVersion: metadata.resourceVersion },
        status: { operationState: { phase: 'Terminating' } },
      });
    });
  }

  /** The finalizer says how the resources go; without one they stay (`compatibility.md` a.11). */
  async delete(ref: ApplicationRef, { cascade, propagationPolicy }: DeleteQuery): Promise<void> {
    const own = new Set<string>([finalizers.resources, finalizers.foreground, finalizers.background]);
    const wanted = propagationPolicy === 'background' ? finalizers.background : finalizers.resources;
    const application = await this.get(ref);
    const before = application.metadata.finalizers ?? [];
    const others = before.filter((finalizer) => !own.has(finalizer));
    const after = cascade ? [...others, wanted] : others;
    if (before.length !== after.length || before.some((finalizer) => !after.includes(finalizer))) {
      await this.update(ref, (current) => ({ ...current, metadata: { ...current.metadata, finalizers: after } }));
    }
    const options = { namespace: ref.namespace, propagationPolicy: 'Background', ...this.#call } as const;
    await this.#context.client.delete(applicationType, ref.name, options);
  }

  async manifests(ref: ApplicationRef, query: DesiredQuery): Promise<readonly KubeObject[]> {
    const { objects } = await fetchManifests(this.#context, this.#destinations, {
      application: await this.get(ref),
      query,
    });
    return objects.map(maskSecret);
  }

  async render(application: Application): Promise<number> {
    return (await fetchManifests(this.#context, this.#destinations, { application, query: {} })).objects.length;
  }

  async liveObjects(application: Application): Promise<readonly KubeObject[]> {
    const found = await fetchLiveObjects(await this.#destinations.of(application), application, this.#context.signal);
    return [...found.values()].map(maskSecret);
  }

  async compare(ref: ApplicationRef, query: DesiredQuery) {
    const input = { application: await this.get(ref), query, settings: await this.#settings.current() };
    return compareApplication(this.#context, this.#destinations, input);
  }

  async resourceTree(application: Application) {
    const destination = await this.#destinations.of(application);
    return fetchResourceTree(destination, application, await this.#settings.current(), this.#context.signal);
  }

  async orphans(application: Application): Promise<readonly KubeObject[]> {
    const destination = await this.#destinations.of(application);
    return fetchOrphans(destination, application, await this.#settings.current(), this.#context.signal);
  }

  async *logs(application: Application, query: LogQuery, signal: AbortSignal) {
    const tree = await this.resourceTree(application);
    yield* followLogs(await this.#destinations.of(application), tree, query, signal);
  }

  get #call() {
    const { signal, requestTimeoutMs } = this.#context;
    return { signal, ...(requestTimeoutMs === undefined ? {} : { timeoutMs: requestTimeoutMs }) };
  }

  /** Again while somebody else writes the same object at the same time. */
  async #retry<T>(attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; ; count++) {
      try {
        return await attempt();
      } catch (error) {
        if (!isConflict(error) || count >= maxAttempts) throw error;
      }
    }
  }

  #notFound(ref: ApplicationRef, cause: unknown): WindlassError {
    const other = ref.namespace === this.#context.namespace ? '' : ` in namespace "${ref.namespace}"`;
    const isKindMissing = cause instanceof KubeApiError && cause.status.details?.name === undefined;
    if (isKindMissing) return notInstalled(this.#context.client.server, cause);
    return new WindlassError({
      code: 'APPLICATION_NOT_FOUND',
      kind: 'NotFound',
      message: `Application "${ref.name}" was not found${other}.`,
      hint: `See which there are: windlass app list. Of another namespace: NAMESPACE/${ref.name}.`,
      cause,
    });
  }
}

function toObject(application: Application): KubeObject {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...application };
}

/** True while an operation waits or runs. */
function isOperating({ operation, status }: Application): boolean {
  const phase = status?.operationState?.phase;
  return operation !== undefined || phase === 'Running' || phase === 'Terminating';
}

function notInstalled(server: string, cause: unknown): WindlassError {
  return new WindlassError({
    code: 'NOT_INSTALLED',
    kind: 'NotFound',
    message: `The cluster at ${server} has no Applications: their custom resource definition is not installed.`,
    hint: 'Run "windlass up --kubeconfig FILE" against that cluster, or choose another cluster with --kubeconfig or --context.',
    cause,
  });
}

function operationRunning(ref: ApplicationRef): WindlassError {
  return new WindlassError({
    code: 'OPERATION_RUNNING',
    kind: 'FailedPrecondition',
    message: 'another operation is already in progress',
    hint: `Wait for it with "windlass app wait ${formatApplicationRef(ref)} --operation", or stop it with "windlass app terminate-op ${formatApplicationRef(ref)}".`,
  });
}

function noOperation(ref: ApplicationRef): WindlassError {
  return new WindlassError({
    code: 'NO_OPERATION',
    kind: 'InvalidInput',
    message: `Unable to terminate operation. No operation is in progress of application "${formatApplicationRef(ref)}".`,
  });
}
