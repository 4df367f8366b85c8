import { isRecord } from '#base/json';
import type { DefaultsNode, JsonMap } from './defaults-node.ts';
import { isAbsent } from './defaults-node.ts';
import { resourceList, volumeSources } from './pod-defaults.ts';

const servicePort: DefaultsNode = {
  set: { protocol: 'TCP' },
  rewrite: (port) => (isRecord(port) && isVoidPort(port['targetPort']) ? { ...port, targetPort: port['port'] } : port),
};

function isVoidPort(port: unknown): boolean {
  return isAbsent(port) || port === 0 || port === '';
}

function serviceSpec(spec: JsonMap): JsonMap {
  const type = spec['type'];
  const isExposed = type === 'NodePort' || type === 'LoadBalancer';
  return {
    ...(isExposed ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(isExposed || type === 'ClusterIP' ? { internalTrafficPolicy: 'Cluster' } : {}),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
    ...(spec['sessionAffinity'] === 'ClientIP' ? { sessionAffinityConfig: { clientIP: {} } } : {}),
  };
}

export const service: DefaultsNode = {
  fields: {
    spec: {
      set: { sessionAffinity: 'None', type: 'ClusterIP' },
      when: serviceSpec,
      fields: {
        ports: servicePort,
        sessionAffinityConfig: { make: ['clientIP'], fields: { clientIP: { set: { timeoutSeconds: 10_800 } } } },
      },
      rewrite: withoutIdleAffinity,
    },
  },
};

function withoutIdleAffinity(spec: unknown): unknown {
  if (!isRecord(spec) || spec['sessionAffinity'] !== 'None' || spec['sessionAffinityConfig'] === undefined) return spec;
  const { sessionAffinityConfig: _, ...rest } = spec;
  return rest;
}

export const secret: DefaultsNode = { set: { type: 'Opaque' }, rewrite: withoutStringData };

/** `stringData` is a way to write, never stored. */
function withoutStringData(object: unknown): unknown {
  if (!isRecord(object) || !isRecord(object['stringData'])) return object;
  const { stringData, ...rest } = object;
  const encoded = Object.entries(stringData as Record<string, string>).map(([key, text]) => [
    key,
    Buffer.from(text, 'utf8').toString('base64'),
  ]);
  return { ...rest, data: { ...asMap(rest['data']), ...(Object.fromEntries(encoded) as JsonMap) } };
}

export const node: DefaultsNode = {
  fields: {
    spec: {
      when: ({ podCIDR, podCIDRs }) => ({
        podCIDR: Array.isArray(podCIDRs) ? (podCIDRs[0] as unknown) : undefined,
        podCIDRs: podCIDR === undefined ? undefined : [podCIDR],
      }),
    },
  },
};

export const namespace: DefaultsNode = {
  fields: { status: { set: { phase: 'Active' } } },
  rewrite: (object) => withNameLabel(object),
};

function withNameLabel(object: unknown): unknown {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  if (!isRecord(object) || !isRecord(metadata) || typeof metadata['name'] !== 'string') return object;
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  if (labels['kubernetes.io/metadata.name'] === metadata['name']) return object;
  return {
    ...object,
    metadata: { ...metadata, labels: { ...labels, 'kubernetes.io/metadata.name': metadata['name'] } },
  };
}

export const persistentVolume: DefaultsNode = {
  fields: {
    spec: {
      set: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
      fields: { ...volumeSources, capacity: resourceList },
    },
    status: { set: { phase: 'Pending' } },
  },
};

export const endpoints: DefaultsNode = { fields: { subsets: { fields: { ports: { set: { protocol: 'TCP' } } } } } };

export const resourceQuota: DefaultsNode = { fields: { spec: { fields: { hard: resourceList } } } };

const limitLists = { default: resourceList, defaultRequest: resourceList, max: resourceList, min: resourceList };

/** For containers a maximum is also the default limit, a default limit (or else a minimum) the default request. */
function limitRangeItem(item: unknown): unknown {
  if (!isRecord(item) || item['type'] !== 'Container') return item;
  const limits = { ...asMap(item['max']), ...asMap(item['default']) };
  const requests = { ...asMap(item['min']), ...limits, ...asMap(item['defaultRequest']) };
  return {
    ...item,
    ...(Object.keys(limits).length > 0 ? { default: limits } : {}),
    ...(Object.keys(requests).length > 0 ? { defaultRequest: requests } : {}),
  };
}

function asMap(value: unknown): JsonMap {
  return isRecord(value) ? value : {};
}

export const limitRange: DefaultsNode = {
  fields: { spec: { fields: { limits: { fields: limitLists, rewrite: limitRangeItem } } } },
};
