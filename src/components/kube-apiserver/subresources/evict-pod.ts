import type { KubeObject } from '#libs/kube';
import { tooManyRequests } from '../answers/api-errors.ts';
import type { ApiAnswer } from '../http/api-request.ts';
import { parseCall, parseDeletion } from '../http/call-options.ts';
import { parseObjectBody } from '../http/parse-body.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { answerValue } from '../http/write-routes.ts';
import { deleteObject } from '../operations/delete-object.ts';
import { getObject } from '../operations/get-object.ts';
import { fieldsOf } from '../registry/strategies/fields.ts';
import { matchesLabelSelector } from '../validation/selectors.ts';

/** Deletes a pod unless a disruption budget protects it. */
export function evictPod(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const { value } = parseObjectBody(request, 'Eviction', false);
  const call = parseCall(request, 'CreateOptions');
  const { object } = getObject(server, resource, path);
  const budget = protectingBudget(found, object);
  if (budget) {
    const message = "Cannot evict pod as it would violate the pod's disruption budget.";
    const status = fieldsOf(budget, 'status');
    const healthy = `The disruption budget ${budget.metadata.name ?? ''} needs ${Number(status['desiredHealthy'] ?? 0)} healthy pods and has ${Number(status['currentHealthy'] ?? 0)} currently`;
    throw tooManyRequests(message, [{ reason: 'DisruptionBudget', message: healthy }]);
  }
  const options = parseDeletion(request, fieldsOf(value, 'deleteOptions'));
  deleteObject(server, { resource, namespace: path.namespace, name: path.name, options, call });
  return answerValue(found, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
}

function protectingBudget({ server, path }: ResourceRequest, pod: KubeObject): KubeObject | undefined {
  const phase = fieldsOf(pod, 'status')['phase'];
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending') return undefined;
  for (const { object } of server.store.collection('poddisruptionbudgets.policy').range(path.namespace)) {
    const selector = fieldsOf(fieldsOf(object, 'spec'), 'selector');
    if (!matchesLabelSelector(selector, pod.metadata.labels ?? {})) continue;
    if (Number(fieldsOf(object, 'status')['disruptionsAllowed'] ?? 0) <= 0) return object;
  }
  return undefined;
}
