import type { Clock } from '#base/clock';
import { deferred } from '#base/deferred';
import type { WindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import { Informer, resourceKeyOf } from '#libs/kube';
import type { ApiResource, KubeClient, KubeObject, ResourceKey } from '#libs/kube';

export interface KindWatchOptions {
  readonly client: KubeClient;
  readonly type: ApiResource;
  readonly namespace: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly upserted: (object: KubeObject) => void;
  readonly removed: (key: ResourceKey, uid: string) => void;
  /** What could not be read at first can be: the first list is complete, empty or not. */
  readonly recovered: () => void;
}

/** Lets go of the object once the index has it: the informer keeps the key only. */
interface Passing {
  readonly key: ResourceKey;
  readonly uid: string;
  object: KubeObject | undefined;
}

/** The list and watch of one kind (in one namespace); hands every object on and keeps none. */
export class KindWatch {
  readonly #options: KindWatchOptions;
  readonly #informer: Informer<Passing>;
  readonly #settled = deferred();
  #problem: string | undefined;
  #hasFailed = false;

  constructor(options: KindWatchOptions) {
    const { client, type, namespace, clock, log, upserted, removed } = options;
    this.#options = options;
    this.#informer = new Informer<Passing>({
      client,
      type,
      clock,
      log,
      ...(namespace === undefined ? {} : { namespace }),
      transform: (object) => ({ key: resourceKeyOf(object), uid: object.metadata.uid ?? '', object }),
      handlers: {
        changed: (passing) => {
          this.#problem = undefined;
          if (passing.object) upserted(passing.object);
          passing.object = undefined;
        },
        deleted: ({ key, uid }) => removed(key, uid),
      },
      onError: (error) => this.#fail(error),
    });
  }

  get group(): string {
    return this.#options.type.group;
  }

  get kind(): string {
    return this.#options.type.kind;
  }

  get type(): ApiResource {
    return this.#options.type;
  }

  get namespace(): string | undefined {
    return this.#options.namespace;
  }

  keys(): readonly ResourceKey[] {
    return this.#informer.list().map(({ key }) => key);
  }

  get size(): number {
    return this.#informer.size;
  }

  /** Why the kind cannot be read; undefined while it can, or once it could and only the watch is being renewed. */
  get problem(): string | undefined {
    return this.#informer.isSynced && this.#informer.lastError?.kind !== 'Forbidden' ? undefined : this.#problem;
  }

  /** Resolves at the first complete list, or when it is clear that there will be none for now. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  start(): void {
    void this.#settle();
  }

  stop(): Promise<void> {
    return this.#informer.stop();
  }

  async #settle(): Promise<void> {
    const isListed = await this.#informer.start().then(
      () => true,
      () => false,
    );
    this.#settled.resolve();
    if (isListed && this.#hasFailed) this.#options.recovered();
  }

  #fail(error: WindlassError): void {
    if (this.#problem === undefined && !this.#informer.isSynced) {
      const { type, log } = this.#options;
      log.warn({ kind: type.kind, group: type.group, err: error }, 'Cannot read a kind; its objects are not seen');
    }
    this.#problem = error.message;
    this.#hasFailed = true;
    // A conversion webhook that is down, or a right that is missing, must not hold up the other kinds.
    this.#settled.resolve();
  }
}
