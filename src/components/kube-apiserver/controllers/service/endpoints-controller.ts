import { deepEqual } from '#base/json';
import type { ControllerContext } from '../framework/context.ts';
import { addLabelIndex, selectByLabels } from '../framework/label-index.ts';
import { matchSelector } from '../framework/match-selector.ts';
import type { Step } from '../framework/step.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import { formatTime, isTerminating, keyOf, splitKey } from '../kinds/live-object.ts';
import { endpoints, endpointSlices, pods, services } from '../kinds/resources.ts';
import type { Service } from '../kinds/service.ts';
import { buildEndpoints, buildSubsets, endpointsLabels } from './build-endpoints.ts';
import { planEndpointSlices, serviceNameLabel, sliceManager } from './plan-endpoint-slices.ts';

/** Endpoints and EndpointSlices of services with a selector; those without one (`kubernetes` too) are left alone. */
export function startEndpointsController(context: ControllerContext): void {
  const { cluster } = context;
  const serviceCache = cluster.cache(services);
  const podCache = cluster.cache(pods);
  addLabelIndex(podCache);
  const slices = cluster.cache(endpointSlices);
  cluster.cache(endpoints);
  const events = context.eventsOf('endpoint-controller');
  const loop = context.startLoop({
    name: 'endpoints-controller',
    reconcile: (key, signal) => reconcileEndpoints({ cluster, events, clock: context.clock, signal }, key),
  });
  watchObjects(serviceCache, loop);
  podCache.onChange(({ before, after }) => {
    const namespace = (after ?? before)?.metadata.namespace ?? '';
    for (const service of serviceCache.byIndex('namespace', namespace)) {
      const selector = { matchLabels: service.spec.selector ?? {} };
      if (!service.spec.selector) continue;
      if ([before, after].some((pod) => pod && matchSelector(selector, pod.metadata.labels))) loop.add(keyOf(service));
    }
  });
  slices.onChange(({ before, after }) => {
    const { metadata } = after ?? before ?? {};
    const name = metadata?.labels?.[serviceNameLabel];
    if (name !== undefined) loop.add(`${metadata?.namespace ?? ''}/${name}`);
  });
}

async function reconcileEndpoints(step: Step, key: string): Promise<undefined> {
  const { namespace, name } = splitKey(key);
  const service = step.cluster.cache(services).get(namespace, name);
  if (!service) {
    const left = step.cluster.cache(endpoints).get(namespace, name);
    const isOurs = left?.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller';
    if (left && isOurs && !isTerminating(left)) await step.cluster.delete(endpoints, left, { signal: step.signal });
    return undefined;
  }
  if (!service.spec.selector || service.spec.type === 'ExternalName' || isTerminating(service)) return undefined;
  await writeSlices(step, service);
  await writeEndpoints(step, service);
  return undefined;
}

function backingPods(step: Step, service: Service) {
  return selectByLabels(step.cluster.cache(pods), service.metadata.namespace ?? '', {
    matchLabels: service.spec.selector ?? {},
  });
}

async function writeSlices(step: Step, service: Service): Promise<void> {
  const existing = step.cluster
    .cache(endpointSlices)
    .byIndex('controller', service.metadata.uid)
    .filter(
      (slice) =>
        slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === sliceManager && !isTerminating(slice),
    );
  const plan = planEndpointSlices(service, backingPods(step, service), existing, formatTime(step.clock.now()));
  const { signal } = step;
  for (const slice of plan.update) await step.cluster.update(endpointSlices, slice, { signal });
  for (const slice of plan.create) await step.cluster.create(endpointSlices, slice, { signal });
  for (const slice of plan.delete) await step.cluster.delete(endpointSlices, slice, { signal });
}

async function writeEndpoints(step: Step, service: Service): Promise<void> {
  const { namespace = '', name } = service.metadata;
  const live = step.cluster.cache(endpoints).get(namespace, name);
  const subsets = buildSubsets(service, backingPods(step, service));
  const draft = buildEndpoints(service, subsets, formatTime(step.clock.now()));
  if (!live) await step.cluster.create(endpoints, draft, { signal: step.signal });
  else if (!deepEqual(live.subsets ?? [], subsets) || !deepEqual(live.metadata.labels, endpointsLabels(service))) {
    const { labels, annotations } = draft.metadata;
    const metadata = {
      ...live.metadata,
      ...(labels ? { labels } : {}),
      annotations: { ...live.metadata.annotations, ...annotations },
    };
    await step.cluster.update(endpoints, { ...live, metadata, subsets }, { signal: step.signal });
  }
}
