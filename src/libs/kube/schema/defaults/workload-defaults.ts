import { isRecord } from '#base/json';
import type { DefaultsNode, JsonMap } from './defaults-node.ts';
import { isAbsent } from './defaults-node.ts';
import { persistentVolumeClaim, podTemplate } from './pod-defaults.ts';

const rollingDeployment: JsonMap = { maxSurge: '25%', maxUnavailable: '25%' };

export const deployment: DefaultsNode = {
  fields: {
    spec: {
      set: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
      make: ['strategy'],
      fields: {
        template: podTemplate,
        strategy: {
          set: { type: 'RollingUpdate' },
          when: ({ type }) => (type === 'RollingUpdate' ? { rollingUpdate: rollingDeployment } : {}),
          fields: { rollingUpdate: { set: rollingDeployment } },
        },
      },
    },
  },
};

export const replicaSet: DefaultsNode = {
  fields: { spec: { set: { replicas: 1 }, fields: { template: podTemplate } } },
};

export const statefulSet: DefaultsNode = {
  fields: {
    spec: {
      set: {
        replicas: 1,
        revisionHistoryLimit: 10,
        podManagementPolicy: 'OrderedReady',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      },
      make: ['updateStrategy'],
      fields: {
        template: podTemplate,
        persistentVolumeClaimRetentionPolicy: { set: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
        volumeClaimTemplates: {
          ...persistentVolumeClaim,
          set: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
          make: ['status'],
        },
        updateStrategy: {
          // Unlike a Deployment's, a strategy that is named gets no rollingUpdate of its own.
          when: ({ type }) => (isAbsent(type) ? { type: 'RollingUpdate', rollingUpdate: {} } : {}),
          fields: { rollingUpdate: { set: { partition: 0 } } },
        },
      },
    },
  },
};

export const daemonSet: DefaultsNode = {
  fields: {
    spec: {
      set: { revisionHistoryLimit: 10 },
      make: ['updateStrategy'],
      fields: {
        template: podTemplate,
        updateStrategy: {
          set: { type: 'RollingUpdate' },
          when: ({ type }) => (type === 'RollingUpdate' ? { rollingUpdate: {} } : {}),
          fields: { rollingUpdate: { set: { maxUnavailable: 1, maxSurge: 0 } } },
        },
      },
    },
  },
};

const unlimited = 2_147_483_647;

function jobSpec(spec: JsonMap): JsonMap {
  const isSingle = spec['completions'] === undefined && spec['parallelism'] === undefined;
  return {
    ...(isSingle ? { completions: 1 } : {}),
    parallelism: 1,
    backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : unlimited,
    podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
  };
}

export const job: DefaultsNode = {
  fields: {
    spec: {
      set: { completionMode: 'NonIndexed', manualSelector: false, suspend: false },
      when: jobSpec,
      fields: {
        template: podTemplate,
        podFailurePolicy: { fields: { rules: { fields: { onPodConditions: { set: { status: 'True' } } } } } },
      },
    },
  },
  rewrite: labelsFromTemplate,
};

/** Old kinds take the labels of their pods where they have none. */
function labelsFromTemplate(object: unknown): unknown {
  const spec = isRecord(object) ? object['spec'] : undefined;
  const template = isRecord(spec) ? spec['template'] : undefined;
  const templateMetadata = isRecord(template) ? template['metadata'] : undefined;
  const labels = isRecord(templateMetadata) ? templateMetadata['labels'] : undefined;
  if (!isRecord(object) || !isRecord(labels) || !isRecord(object['metadata'])) return object;
  const own = object['metadata']['labels'];
  if (isRecord(own) && Object.keys(own).length > 0) return object;
  return { ...object, metadata: { ...object['metadata'], labels } };
}

export const replicationController: DefaultsNode = {
  fields: {
    spec: {
      set: { replicas: 1 },
      fields: { template: podTemplate },
      when: ({ template }) => {
        const metadata = isRecord(template) ? template['metadata'] : undefined;
        return { selector: isRecord(metadata) ? metadata['labels'] : undefined };
      },
    },
  },
  rewrite: labelsFromTemplate,
};

export const cronJob: DefaultsNode = {
  fields: {
    spec: {
      set: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
      fields: { jobTemplate: { fields: { spec: { fields: { template: podTemplate } } } } },
    },
  },
};

const scaleUp: JsonMap = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};

const scaleDown: JsonMap = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

const cpuTarget = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
];

export const horizontalPodAutoscaler: DefaultsNode = {
  fields: {
    spec: {
      set: { minReplicas: 1, metrics: cpuTarget },
      fields: {
        behavior: { set: { scaleUp, scaleDown }, fields: { scaleUp: { set: scaleUp }, scaleDown: { set: scaleDown } } },
      },
    },
  },
};

export const horizontalPodAutoscalerV1: DefaultsNode = {
  fields: { spec: { set: { minReplicas: 1, targetCPUUtilizationPercentage: 80 } } },
};
