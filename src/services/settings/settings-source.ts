import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import { Informer } from '#libs/kube';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import type { ApplicationSettings, SettingsProblem } from './application-settings.ts';
import { defaultSettings } from './default-settings.ts';
import { parseSettings } from './parse-settings.ts';

const configMapType: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

export interface SettingsSourceOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called whenever the settings became different. */
  readonly changed: (settings: ApplicationSettings, previous: ApplicationSettings) => void;
}

/** The settings as the ConfigMaps say them now; what is wrong keeps its last good value. */
export class SettingsSource {
  readonly #options: SettingsSourceOptions;
  readonly #informers: readonly Informer[];
  #current = defaultSettings;
  #problems: readonly SettingsProblem[] = [];
  #isStarted = false;

  constructor(options: SettingsSourceOptions) {
    this.#options = options;
    this.#informers = ['argocd-cm', 'argocd-cmd-params-cm'].map((name) => this.#watch(name));
  }

  get current(): ApplicationSettings {
    return this.#current;
  }

  get problems(): readonly SettingsProblem[] {
    return this.#problems;
  }

  /** Resolves when both ConfigMaps were looked for. An absent one has no keys. */
  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
    this.#isStarted = true;
    this.#read();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.stop()));
  }

  #watch(name: string): Informer {
    const { client, namespace, clock, log } = this.#options;
    return new Informer({
      client,
      type: configMapType,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      clock,
      log,
      handlers: { changed: () => this.#read(), deleted: () => this.#read() },
    });
  }

  #read(): void {
    if (!this.#isStarted) return;
    const [cm, params] = this.#informers.map((informer) => dataOf(informer.list()[0]));
    const previous = this.#current;
    const { settings, problems } = parseSettings({ cm: cm ?? {}, params: params ?? {}, previous });
    this.#current = settings;
    this.#report(problems);
    this.#options.changed(settings, previous);
  }

  #report(problems: readonly SettingsProblem[]): void {
    const known = new Set(this.#problems.map((problem) => problem.message));
    for (const { configMap, key, code, message } of problems) {
      if (!known.has(message)) this.#options.log.warn({ configMap, key, code }, message);
    }
    this.#problems = problems;
  }
}

function dataOf(configMap: KubeObject | undefined): Readonly<Record<string, string>> {
  return (configMap?.['data'] ?? {}) as Record<string, string>;
}
