import type { DefaultsNode, JsonMap } from './defaults-node.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

export const roleBinding: DefaultsNode = {
  fields: {
    roleRef: { set: { apiGroup: rbacGroup } },
    subjects: { when: ({ kind }) => (kind === 'User' || kind === 'Group' ? { apiGroup: rbacGroup } : {}) },
  },
};

const selectors = { namespaceSelector: {}, objectSelector: {} };
const servicePort: DefaultsNode = { fields: { service: { set: { port: 443 } } } };
const ruleScope: DefaultsNode = { set: { scope: '*' } };

const webhook: DefaultsNode = {
  set: { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10, ...selectors },
  fields: { clientConfig: servicePort, rules: ruleScope },
};

export const validatingWebhooks: DefaultsNode = { fields: { webhooks: webhook } };

export const mutatingWebhooks: DefaultsNode = {
  fields: { webhooks: { ...webhook, set: { ...webhook.set, reinvocationPolicy: 'Never' } } },
};

const matchResources: DefaultsNode = {
  set: { matchPolicy: 'Equivalent', ...selectors },
  fields: { resourceRules: ruleScope, excludeResourceRules: ruleScope },
};

export const admissionPolicy: DefaultsNode = {
  fields: { spec: { set: { failurePolicy: 'Fail' }, fields: { matchConstraints: matchResources } } },
};

export const admissionPolicyBinding: DefaultsNode = { fields: { spec: { fields: { matchResources } } } };

export const apiService: DefaultsNode = { fields: { spec: servicePort } };

const webhookClient: DefaultsNode = { fields: { clientConfig: servicePort } };

function crdNames(names: JsonMap): JsonMap {
  const kind = names['kind'];
  return typeof kind === 'string' ? { singular: kind.toLowerCase(), listKind: `${kind}List` } : {};
}

export const customResourceDefinition: DefaultsNode = {
  fields: {
    spec: {
      set: { conversion: { strategy: 'None' } },
      fields: { names: { when: crdNames }, conversion: { fields: { webhook: webhookClient } } },
    },
  },
};

export const priorityClass: DefaultsNode = { set: { preemptionPolicy: 'PreemptLowerPriority' } };

export const storageClass: DefaultsNode = { set: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } };

export const csiDriver: DefaultsNode = {
  fields: {
    spec: {
      set: {
        attachRequired: true,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        podInfoOnMount: false,
        requiresRepublish: false,
        seLinuxMount: false,
        storageCapacity: false,
        volumeLifecycleModes: ['Persistent'],
      },
    },
  },
};

export const ingressClass: DefaultsNode = {
  fields: { spec: { fields: { parameters: { set: { scope: 'Cluster' } } } } },
};

export const networkPolicy: DefaultsNode = {
  fields: {
    spec: {
      when: ({ egress }) => ({
        policyTypes: Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'],
      }),
      fields: {
        ingress: { fields: { ports: { set: { protocol: 'TCP' } } } },
        egress: { fields: { ports: { set: { protocol: 'TCP' } } } },
      },
    },
  },
};

export const endpointSlice: DefaultsNode = { fields: { ports: { set: { name: '', protocol: 'TCP' } } } };

export const flowSchema: DefaultsNode = { fields: { spec: { setZero: { matchingPrecedence: 1000 } } } };

const queuing: DefaultsNode = { setZero: { queues: 64, handSize: 8, queueLengthLimit: 50 } };

export const priorityLevel: DefaultsNode = {
  fields: {
    spec: {
      fields: {
        exempt: { set: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
        limited: {
          set: { nominalConcurrencyShares: 30, lendablePercent: 0 },
          fields: { limitResponse: { fields: { queuing } } },
        },
      },
    },
  },
};

const deviceRequest: DefaultsNode = {
  fields: {
    exactly: {
      set: { allocationMode: 'ExactCount' },
      when: ({ allocationMode }) => (allocationMode === 'ExactCount' ? { count: 1 } : {}),
    },
    firstAvailable: {
      set: { allocationMode: 'ExactCount' },
      when: ({ allocationMode }) => (allocationMode === 'ExactCount' ? { count: 1 } : {}),
    },
  },
};

const claimSpec: DefaultsNode = { fields: { devices: { fields: { requests: deviceRequest } } } };

export const resourceClaim: DefaultsNode = { fields: { spec: claimSpec } };

export const resourceClaimTemplate: DefaultsNode = { fields: { spec: { fields: { spec: claimSpec } } } };
