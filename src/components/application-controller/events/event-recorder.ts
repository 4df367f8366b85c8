import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import { sha256 } from '#base/hash';
import type { Logger } from '#base/log';
import type { Application } from '#core/api';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import { atFailpoint } from '../failpoint.ts';
import type { Failpoint } from '../failpoint.ts';
import { timestamp } from '../sync/operation-state.ts';
import { buildEvents } from './build-events.ts';
import type { ApplicationEvent } from './build-events.ts';

const eventType: ResourceType = { group: '', version: 'v1', resource: 'events', kind: 'Event', namespaced: true };

export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly identity: string;
  readonly failpoint?: Failpoint | undefined;
}

interface Pending {
  readonly application: Application;
  readonly event: ApplicationEvent;
  readonly firstMs: number;
  count: number;
}

const aggregateMs = 1000;
const maxPending = 1000;

/** Tells of status changes as Kubernetes Events: collected for a moment, sent beside everything else, lost without harm. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #pending = new Map<string, Pending>();
  #cancel: (() => void) | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  observe(before: Application, after: Application): void {
    const { clock } = this.#options;
    for (const event of buildEvents(before, after)) {
      const key = `${after.metadata.uid}\n${event.reason}\n${event.message}`;
      const known = this.#pending.get(key);
      if (known) known.count++;
      else if (this.#pending.size < maxPending) {
        this.#pending.set(key, { application: after, event, firstMs: clock.now(), count: 1 });
      }
    }
    if (this.#pending.size > 0) this.#cancel ??= clock.after(aggregateMs, () => void this.#send());
  }

  stop(): void {
    this.#cancel?.();
    this.#pending.clear();
  }

  async #send(): Promise<void> {
    this.#cancel = undefined;
    const batch = [...this.#pending];
    this.#pending.clear();
    const { client, log, failpoint } = this.#options;
    for (const [key, pending] of batch) {
      const object = this.#object(key, pending);
      await atFailpoint(failpoint, 'event', () => client.create(eventType, object)).catch((error: unknown) =>
        log.debug({ err: toWindlassError(error) }, 'An Event was lost'),
      );
    }
  }

  #object(key: string, { application, event, firstMs, count }: Pending): KubeObject {
    const { name = '', namespace = '', uid = '', resourceVersion = '' } = application.metadata;
    const { clock, identity } = this.#options;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${sha256(`${key}${firstMs}`).slice(0, 16)}`, namespace },
      involvedObject: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        name,
        namespace,
        uid,
        resourceVersion,
      },
      ...event,
      source: { component: 'argocd-application-controller' },
      reportingComponent: 'argocd-application-controller',
      reportingInstance: identity,
      firstTimestamp: timestamp(firstMs),
      lastTimestamp: timestamp(clock.now()),
      count,
    };
  }
}
