import { getPath, isRecord } from '#base/json';
import type { KubeObject } from '#libs/kube';
import type { HealthAssessment } from '../health.ts';
import type { HealthCheck } from '../health-check.ts';
import { healthOf } from '../health-check.ts';
import { countAt, isBehindSpec, textAt } from '../object-fields.ts';

export const statefulSet: HealthCheck = {
  kinds: [{ group: 'apps', kind: 'StatefulSet' }],
  versions: ['v1'],
  assess(object) {
    if (countAt(object, 'status', 'observedGeneration') === 0 || isBehindSpec(object)) {
      return healthOf(
        'Progressing',
        'stateful-set-generation',
        'Waiting for statefulset spec update to be observed...',
      );
    }
    const wanted = countAt(object, 'spec', 'replicas');
    const ready = countAt(object, 'status', 'readyReplicas');
    if (ready < wanted) {
      const missing = wanted - ready;
      return healthOf('Progressing', 'stateful-set-ready', `Waiting for ${missing} pods to be ready...`, { missing });
    }
    return rollout(object, wanted);
  },
};

function rollout(object: KubeObject, wanted: number): HealthAssessment {
  const updated = countAt(object, 'status', 'updatedReplicas');
  const strategy = textAt(object, 'spec', 'updateStrategy', 'type');
  const rollingUpdate = getPath(object, 'spec', 'updateStrategy', 'rollingUpdate');
  if (strategy === 'RollingUpdate' && isRecord(rollingUpdate)) return partitioned(rollingUpdate, updated, wanted);
  if (strategy === 'OnDelete') {
    const ready = countAt(object, 'status', 'readyReplicas');
    return healthOf('Healthy', 'stateful-set-on-delete', `statefulset has ${ready} ready pods`, { ready });
  }
  const current = textAt(object, 'status', 'currentRevision');
  const update = textAt(object, 'status', 'updateRevision');
  if (update !== current) {
    const message = `waiting for statefulset rolling update to complete ${updated} pods at revision ${update}...`;
    return healthOf('Progressing', 'stateful-set-updating', message, { updated, revision: update });
  }
  const pods = countAt(object, 'status', 'currentReplicas');
  const message = `statefulset rolling update complete ${pods} pods at revision ${current}...`;
  return healthOf('Healthy', 'stateful-set-updated', message, { pods, revision: current });
}

function partitioned(
  rollingUpdate: Readonly<Record<string, unknown>>,
  updated: number,
  wanted: number,
): HealthAssessment {
  const partition = rollingUpdate['partition'];
  const due = typeof partition === 'number' ? wanted - partition : 0;
  if (typeof partition === 'number' && updated < due) {
    const message = `Waiting for partitioned roll out to finish: ${updated} out of ${due} new pods have been updated...`;
    return healthOf('Progressing', 'stateful-set-partition', message, { updated, due });
  }
  const message = `partitioned roll out complete: ${updated} new pods have been updated...`;
  return healthOf('Healthy', 'stateful-set-updated', message, { updated });
}
