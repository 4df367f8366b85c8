import type { Cluster } from '../../controllers/framework/cluster.ts';
import { configMaps, secrets } from '../../controllers/kinds/resources.ts';
import type { ValueSources } from './resolve-environment.ts';

/** The ConfigMaps and Secrets of a namespace as plain text values. */
export function valueSources(cluster: Cluster, namespace: string): ValueSources {
  return {
    configMap(name) {
      const found = cluster.cache(configMaps).get(namespace, name);
      return found && ((found['data'] as Record<string, string> | undefined) ?? {});
    },
    secret(name) {
      const found = cluster.cache(secrets).get(namespace, name);
      if (!found) return undefined;
      const values = Object.entries((found['data'] as Record<string, string> | undefined) ?? {});
      return Object.fromEntries(values.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
    },
  };
}
