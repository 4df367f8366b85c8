import { defaultSettings, parseSettings } from '#services/settings';
import type { ApplicationSettings } from '#services/settings';
import type { CoreContext } from './core-context.ts';
import { readConfigMap } from './read-config-map.ts';

/** The settings of the control plane, read at most once per command. */
export class SettingsCache {
  readonly #context: CoreContext;
  #settings: Promise<ApplicationSettings> | undefined;

  constructor(context: CoreContext) {
    this.#context = context;
  }

  current(): Promise<ApplicationSettings> {
    return (this.#settings ??= this.#read());
  }

  /** Where to list applications: the control plane's namespace, or all (undefined) when others may hold some. */
  async applicationNamespace(): Promise<string | undefined> {
    const { applicationNamespaces } = await this.current();
    return applicationNamespaces.length === 0 ? this.#context.namespace : undefined;
  }

  async #read(): Promise<ApplicationSettings> {
    const [cm, params] = await Promise.all(
      ['argocd-cm', 'argocd-cmd-params-cm'].map((name) => readConfigMap(this.#context, name)),
    );
    return parseSettings({ cm: cm ?? {}, params: params ?? {}, previous: defaultSettings }).settings;
  }
}
