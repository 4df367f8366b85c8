import { isRecord } from '#base/json';
import { formatQuantity, tryParseQuantity } from '../../quantity.ts';
import type { DefaultsNode } from './defaults-node.ts';
import { isAbsent } from './defaults-node.ts';

const milli = 1_000_000n;

/** Amounts of resources are counted in thousandths; finer ones are rounded up. */
function roundUpToMilli(value: unknown): unknown {
  const quantity = tryParseQuantity(value);
  if (quantity === undefined || quantity.nano % milli === 0n) return value;
  const floor = quantity.nano / milli;
  const nano = (quantity.nano > 0n ? floor + 1n : floor) * milli;
  return formatQuantity({ nano, format: quantity.format });
}

export const resourceList: DefaultsNode = { values: { rewrite: roundUpToMilli } };

export const resources: DefaultsNode = { fields: { limits: resourceList, requests: resourceList } };

const httpGet: DefaultsNode = { set: { path: '/', scheme: 'HTTP' } };

const probe: DefaultsNode = {
  set: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  fields: { httpGet, grpc: { set: { service: '' } } },
};

const lifecycleHandler: DefaultsNode = { fields: { httpGet } };

const fieldReference: DefaultsNode = { set: { apiVersion: 'v1' } };

/** The reference grammar of images: name, optional tag, optional digest. What does not fit has no tag. */
const imageReference =
  /^(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+|\/[a-z0-9]+)*(?::([\w][\w.-]{0,127}))?(@[A-Za-z][\w.+-]*:[0-9a-fA-F]{32,})?$/;

export function defaultPullPolicy(image: unknown): 'Always' | 'IfNotPresent' {
  const match = typeof image === 'string' ? imageReference.exec(image) : null;
  if (match === null) return 'IfNotPresent';
  const [, tag, digest] = match;
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

export const container: DefaultsNode = {
  set: { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
  when: ({ image }) => ({ imagePullPolicy: defaultPullPolicy(image) }),
  fields: {
    env: { fields: { valueFrom: { fields: { fieldRef: fieldReference, fileKeyRef: { set: { optional: false } } } } } },
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle: { fields: { postStart: lifecycleHandler, preStop: lifecycleHandler } },
    ports: { set: { protocol: 'TCP' } },
    resources,
  },
};

const downwardItems: DefaultsNode = { fields: { fieldRef: fieldReference } };

const claimSpec: DefaultsNode = { set: { volumeMode: 'Filesystem' }, fields: { resources } };

/** The sources that volumes of pods and persistent volumes have in common. */
export const volumeSources: Readonly<Record<string, DefaultsNode>> = {
  hostPath: { set: { type: '' } },
  iscsi: { set: { iscsiInterface: 'default' } },
  rbd: { set: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } },
  azureDisk: { set: { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false } },
  scaleIO: { set: { storageMode: 'ThinProvisioned', fsType: 'xfs' } },
};

const volume: DefaultsNode = {
  when: (object) => (Object.keys(object).every((key) => key === 'name') ? { emptyDir: {} } : {}),
  fields: {
    ...volumeSources,
    secret: { set: { defaultMode: 420 } },
    configMap: { set: { defaultMode: 420 } },
    image: { when: ({ reference }) => ({ pullPolicy: defaultPullPolicy(reference) }) },
    downwardAPI: { set: { defaultMode: 420 }, fields: { items: downwardItems } },
    ephemeral: { fields: { volumeClaimTemplate: { fields: { spec: claimSpec } } } },
    projected: {
      set: { defaultMode: 420 },
      fields: {
        sources: {
          fields: {
            serviceAccountToken: { set: { expirationSeconds: 3600 } },
            downwardAPI: { fields: { items: downwardItems } },
          },
        },
      },
    },
  },
};

/** In the host's network a container port is a host port; templates of pods leave that to the pod. */
function hostPorts(spec: unknown): unknown {
  if (!isRecord(spec) || spec['hostNetwork'] !== true) return spec;
  const withPorts = (containers: unknown) => (Array.isArray(containers) ? containers.map(withHostPorts) : containers);
  const initContainers =
    spec['initContainers'] === undefined ? {} : { initContainers: withPorts(spec['initContainers']) };
  return { ...spec, containers: withPorts(spec['containers']), ...initContainers };
}

function withHostPorts(one: unknown): unknown {
  if (!isRecord(one) || !Array.isArray(one['ports'])) return one;
  const ports = one['ports'].map((port: unknown) =>
    isRecord(port) && isAbsent(port['hostPort']) ? { ...port, hostPort: port['containerPort'] } : port,
  );
  return { ...one, ports };
}

export const podSpec: DefaultsNode = {
  set: {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  },
  // The old and the new name of one field: each fills the other.
  when: ({ serviceAccount, serviceAccountName }) => ({
    serviceAccount: serviceAccountName,
    serviceAccountName: serviceAccount,
  }),
  fields: {
    containers: container,
    initContainers: container,
    ephemeralContainers: container,
    volumes: volume,
    overhead: resourceList,
    resources,
  },
};

export const podTemplate: DefaultsNode = { fields: { spec: podSpec } };

/** In a Pod itself a limit is also the request, unless there is one. */
function requestsFromLimits(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { limits, requests } = value;
  if (!isRecord(limits)) return value;
  const filled = { ...limits, ...(isRecord(requests) ? requests : {}) };
  return { ...value, requests: filled };
}

function withPodRequests(value: unknown): unknown {
  const spec = isRecord(value) ? value['spec'] : undefined;
  if (!isRecord(value) || !isRecord(spec)) return value;
  const filled: Record<string, unknown> = { ...spec };
  for (const list of ['containers', 'initContainers']) {
    const containers = spec[list];
    if (Array.isArray(containers)) filled[list] = containers.map(withOwnRequests);
  }
  return { ...value, spec: filled };
}

function withOwnRequests(one: unknown): unknown {
  if (!isRecord(one)) return one;
  const filled = requestsFromLimits(one['resources']);
  return filled === one['resources'] ? one : { ...one, resources: filled };
}

export const pod: DefaultsNode = {
  fields: {
    spec: { ...podSpec, set: { ...podSpec.set, enableServiceLinks: true }, rewrite: hostPorts },
    status: { set: { phase: 'Pending' } },
  },
  rewrite: withPodRequests,
};

export const persistentVolumeClaim: DefaultsNode = {
  fields: { spec: claimSpec, status: { set: { phase: 'Pending' } } },
};
