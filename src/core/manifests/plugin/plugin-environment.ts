import type { NameValue, PluginParameter, PluginSource } from '#core/api';
import type { ClusterCapabilities } from '#core/contracts';
import { invalidSource } from '../manifest-errors.ts';

export interface PluginEnvironmentInput {
  readonly plugin: PluginSource;
  readonly build: readonly NameValue[];
  readonly cluster: ClusterCapabilities;
  readonly substitute: (text: string) => string;
}

/**
 * The variables that a plug-in gets (`compatibility.md` a.5). Users' own carry a prefix, so that none of them can be PATH or
 * LD_PRELOAD. Pure.
 */
export function buildPluginEnvironment({
  plugin,
  build,
  cluster,
  substitute,
}: PluginEnvironmentInput): Record<string, string> {
  const environment = new Map(build.map(({ name, value }) => [name, value]));
  environment.set('KUBE_VERSION', /\d+(\.\d+)*/.exec(cluster.kubeVersion)?.[0] ?? cluster.kubeVersion);
  environment.set('KUBE_API_VERSIONS', cluster.apiVersions.join(','));
  for (const { name, value } of plugin.env ?? []) {
    if (!/^\w+$/.test(name))
      throw invalidSource(`The plug-in variable "${name.slice(0, 100)}" has no valid name.`, 'plugin.env');
    environment.set(`ARGOCD_ENV_${name}`, substitute(value));
  }
  const parameters = plugin.parameters ?? [];
  environment.set('ARGOCD_APP_PARAMETERS', JSON.stringify(parameters));
  for (const [name, value] of parameters.flatMap(parameterVariables)) environment.set(name, value);
  return Object.fromEntries(environment);
}

function parameterVariables({ name = '', string, array, map }: PluginParameter): [string, string][] {
  const base = `PARAM_${variableName(name)}`;
  return [
    ...(string === undefined ? [] : [[base, string] as [string, string]]),
    ...(array ?? []).map((value, i): [string, string] => [`${base}_${i}`, value]),
    ...Object.entries(map ?? {}).map(([key, value]): [string, string] => [`${base}_${variableName(key)}`, value]),
  ];
}

function variableName(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
}
