import type { KubeClient, KubeObject } from '#libs/kube';
import { isNotFound } from '#libs/kube';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import { LRUCache } from 'lru-cache';
import type { LiveObject } from '../kinds/live-object.ts';
import { formatTime } from '../kinds/live-object.ts';
import { events } from '../kinds/resources.ts';

export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Which part of the object, e.g. `spec.containers{web}`. */
  readonly fieldPath?: string;
}

export interface EventRecorder {
  /** Notes something about an object. Never fails and never waits: events are advice. */
  record(about: LiveObject, note: EventNote): void;
}

interface Sent {
  readonly name: string;
  readonly namespace: string;
  count: number;
}

/** Writes core/v1 Events; the same note again raises its count. */
export class ClusterEvents {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #sent = new LRUCache<string, Sent>({ max: 4096 });
  /** One chain per note, so that a count never overtakes its creation. */
  readonly #pending = new Map<string, Promise<void>>();
  #serial = 0;
  #isClosed = false;

  constructor({ client, clock, log }: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger }) {
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }

  recorder(component: string, host?: string): EventRecorder {
    return {
      record: (about, note) => this.#enqueue(about, note, { component, ...(host === undefined ? {} : { host }) }),
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#pending.values());
  }

  #enqueue(about: LiveObject, note: EventNote, source: { component: string; host?: string }): void {
    if (this.#isClosed) return;
    const key = [about.metadata.uid, note.type, note.reason, note.message, note.fieldPath, source.component].join('\n');
    const previous = this.#pending.get(key) ?? Promise.resolve();
    const next = previous
      .then(() => this.#write(key, about, note, source))
      .catch((error: unknown) => {
        // An event about an object whose namespace is going away cannot be written, and need not be.
        this.#log.debug({ err: error, reason: note.reason }, 'Event not written');
      });
    this.#pending.set(key, next);
    void next.finally(() => this.#pending.get(key) === next && this.#pending.delete(key));
  }

  async #write(
    key: string,
    about: LiveObject,
    note: EventNote,
    source: { component: string; host?: string },
  ): Promise<void> {
    const time = formatTime(this.#clock.now());
    const known = this.#sent.get(key);
    if (known) {
      const { name, namespace } = known;
      try {
        known.count++;
        await this.#client.patch(
          events,
          name,
          { count: known.count, lastTimestamp: time },
          { type: 'merge', namespace },
        );
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    const created = await this.#client.create(events, this.#build(about, note, { source, time }));
    this.#sent.set(key, { name: created.metadata.name ?? '', namespace: created.metadata.namespace ?? '', count: 1 });
  }

  #build(
    about: LiveObject,
    note: EventNote,
    when: { source: { component: string; host?: string }; time: string },
  ): KubeObject {
    const { apiVersion, kind, metadata } = about;
    const { fieldPath } = note;
    const suffix = (BigInt(this.#clock.now()) * 1_000_000n + BigInt(this.#serial++ % 1_000_000)).toString(16);
    const namespace = metadata.namespace ?? 'default';
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${metadata.name}.${suffix}`, namespace },
      involvedObject: {
        apiVersion,
        kind,
        name: metadata.name,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      type: note.type,
      reason: note.reason,
      message: note.message,
      source: when.source,
      firstTimestamp: when.time,
      lastTimestamp: when.time,
      count: 1,
      reportingComponent: when.source.component,
      reportingInstance: when.source.host ?? '',
    };
  }
}
