import { conflict } from '../answers/api-errors.ts';
import { invalidObject, required } from '../answers/field-error.ts';
import type { ApiAnswer } from '../http/api-request.ts';
import { parseCall } from '../http/call-options.ts';
import { parseObjectBody } from '../http/parse-body.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { answerValue } from '../http/write-routes.ts';
import { getObject } from '../operations/get-object.ts';
import { formatTime } from '../operations/timestamps.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';

/** What a scheduler does: gives a pod its node. */
export function bindPod(found: ResourceRequest): ApiAnswer {
  const { server, request, path } = found;
  const call = parseCall(request, 'CreateOptions');
  const { value } = parseObjectBody(request, 'Binding', false);
  const node = textOf(fieldsOf(value, 'target'), 'name');
  const name = path.name !== '' ? path.name : textOf(fieldsOf(value, 'metadata'), 'name');
  if (node === '') throw invalidObject({ group: '', kind: 'Binding', name }, [required('target.name')]);
  const pods = server.registry.find('', 'v1', 'pods');
  if (!pods) throw new Error('Pods are always served.');
  const { object, key } = getObject(server, pods, { namespace: path.namespace, name });
  const spec = fieldsOf(object, 'spec');
  const bound = textOf(spec, 'nodeName');
  if (bound !== '')
    throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is already assigned to node "${bound}"`);
  const status = fieldsOf(object, 'status');
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    observedGeneration: object.metadata.generation,
    lastProbeTime: null,
    lastTransitionTime: formatTime(server.clock.now()),
  };
  const conditions = [...listOf(status, 'conditions').filter((one) => one['type'] !== 'PodScheduled'), condition];
  const annotations = fieldsOf(fieldsOf(value, 'metadata'), 'annotations') as Record<string, string>;
  const metadata =
    Object.keys(annotations).length > 0
      ? { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } }
      : { ...object.metadata };
  const next = { ...object, metadata, spec: { ...spec, nodeName: node }, status: { ...status, conditions } };
  if (!call.dryRun) server.store.put(server.store.collection('pods'), key, next);
  return answerValue(found, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
}
