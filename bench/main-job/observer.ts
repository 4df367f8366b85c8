import { systemClock } from '#base/clock';
import { silentLogger } from '#base/log';
import { applicationType } from '#core/api';
import { Informer } from '#libs/kube';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import { controlNamespace, destinationNamespace } from './workload.ts';

export const configMapType: ResourceType = Object.freeze({
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
});

/** Sees what anybody could see by watches of its own, in a process that is not the product's. */
export class Observer implements AsyncDisposable {
  readonly #applications: Informer;
  readonly #configMaps: Informer;
  readonly #looks = new Set<() => void>();

  constructor(client: KubeClient) {
    const handlers = { changed: () => this.#changed(), deleted: () => this.#changed() };
    const base = { client, clock: systemClock, log: silentLogger, handlers };
    this.#applications = new Informer({ ...base, type: applicationType, namespace: controlNamespace });
    this.#configMaps = new Informer({ ...base, type: configMapType, namespace: destinationNamespace });
  }

  async start(): Promise<void> {
    await Promise.all([this.#applications.start(), this.#configMaps.start()]);
  }

  application(name: string): KubeObject | undefined {
    return this.#applications.get(name, controlNamespace);
  }

  applications(): readonly KubeObject[] {
    return this.#applications.list();
  }

  configMap(name: string): KubeObject | undefined {
    return this.#configMaps.get(name, destinationNamespace);
  }

  /** The monotonic time at which a change made it true. Throws after the deadline. */
  until(what: string, isTrue: () => boolean, timeoutMs = 120_000): Promise<number> {
    return new Promise((resolve, reject) => {
      const end = () => {
        cancel();
        this.#looks.delete(look);
      };
      const look = () => {
        if (!isTrue()) return;
        end();
        resolve(systemClock.monotonic());
      };
      const cancel = systemClock.after(timeoutMs, () => {
        end();
        reject(new Error(`Not seen within ${timeoutMs / 1000} s: ${what}.`));
      });
      this.#looks.add(look);
      look();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#applications.stop(), this.#configMaps.stop()]);
  }

  #changed(): void {
    for (const look of this.#looks) look();
  }
}
