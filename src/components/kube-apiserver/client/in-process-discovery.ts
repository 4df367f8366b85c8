import type { ApiResource, Discovery, GroupKind, GroupVersionKind } from '#libs/kube';
import { formatApiVersion } from '#libs/kube';
import { compareVersions } from '../discovery/discovery-documents.ts';
import type { Registry } from '../registry/registry.ts';
import type { ServedResource } from '../registry/served-resource.ts';

/** Discovery straight from what is served: never stale. */
export function inProcessDiscovery(registry: Registry): Discovery {
  const served = () => registry.all().filter(({ verbs }) => verbs.length > 0);
  return {
    resources: () => Promise.resolve(served().map(apiResource)),
    failedGroups: () => [],
    find({ group, version, kind }: GroupVersionKind) {
      const found = served().find((one) => one.group === group && one.version === version && one.kind === kind);
      return Promise.resolve(found && apiResource(found));
    },
    findPreferred({ group, kind }: GroupKind) {
      const [found] = served()
        .filter((one) => one.group === group && one.kind === kind)
        .sort((a, b) => compareVersions(a.version, b.version));
      return Promise.resolve(found && apiResource(found));
    },
    apiVersions() {
      const versions = served().flatMap((one) => [formatApiVersion(one), `${formatApiVersion(one)}/${one.kind}`]);
      return Promise.resolve([...new Set(versions)].sort());
    },
    invalidate() {
      // What is served is asked anew every time.
    },
  };
}

function apiResource(resource: ServedResource): ApiResource {
  const { group, version, kind, namespaced, verbs, shortNames, singular, categories, subresources } = resource;
  const names = subresources.map(({ name }) => name);
  return {
    group,
    version,
    resource: resource.resource,
    kind,
    namespaced,
    verbs,
    shortNames,
    singular,
    categories,
    subresources: names,
  };
}
