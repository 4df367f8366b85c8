import { badRequest, failure } from '../answers/api-errors.ts';
import type { ApiAnswer, StreamBody } from '../http/api-request.ts';
import { parseBoolean } from '../http/call-options.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { getObject } from '../operations/get-object.ts';
import type { PodLogRequest, PodRuntime } from '../pod-runtime.ts';
import { fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import type { Fields } from '../registry/strategies/fields.ts';

/** A container's log, from whoever runs the pods. */
export function readPodLog(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const { object } = getObject(server, resource, path);
  const { query } = request;
  const spec = fieldsOf(object, 'spec');
  const container = chooseContainer(spec, path.name, query.get('container') ?? '');
  if (textOf(spec, 'nodeName') === '')
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.alloc(0) };
  checkStarted(fieldsOf(object, 'status'), { pod: path.name, container });
  if (!server.runtime)
    throw failure({
      code: 500,
      message: `nothing runs the pods of this API server, so the log of "${container}" cannot be read`,
    });
  const number = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {});
  const log: PodLogRequest = {
    namespace: path.namespace,
    pod: path.name,
    container,
    follow: parseBoolean(query.get('follow')) ?? false,
    previous: parseBoolean(query.get('previous')) ?? false,
    timestamps: parseBoolean(query.get('timestamps')) ?? false,
    ...number('tailLines'),
    ...number('limitBytes'),
    ...number('sinceSeconds'),
    ...(query.has('sinceTime') ? { sinceTime: query.get('sinceTime') ?? '' } : {}),
  };
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: logStream(server.runtime, log, server.log) };
}

function chooseContainer(spec: Fields, pod: string, asked: string): string {
  const names = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    listOf(spec, list).map((one) => textOf(one, 'name')),
  );
  if (asked !== '') {
    if (names.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${pod}`);
  }
  const containers = listOf(spec, 'containers').map((one) => textOf(one, 'name'));
  if (containers.length === 1) return containers[0] ?? '';
  const inits = listOf(spec, 'initContainers').map((one) => textOf(one, 'name'));
  const choices = `choose one of: [${containers.join(' ')}]${inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : ''}`;
  throw badRequest(`a container name must be specified for pod ${pod}, ${choices}`);
}

function checkStarted(status: Fields, { pod, container }: { pod: string; container: string }): void {
  const all = [...listOf(status, 'containerStatuses'), ...listOf(status, 'initContainerStatuses')];
  const waiting = fieldsOf(
    fieldsOf(
      all.find((one) => one['name'] === container),
      'state',
    ),
    'waiting',
  );
  const last = fieldsOf(
    all.find((one) => one['name'] === container),
    'lastState',
  )['terminated'];
  const reason = textOf(waiting, 'reason');
  if (reason === '' || last !== undefined) return;
  const why = /^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(reason)
    ? 'trying and failing to pull image'
    : `waiting to start: ${reason}`;
  throw badRequest(
    `container "${container}" in pod "${pod}" is ${why.startsWith('trying') ? `waiting to start: ${why}` : why}`,
  );
}

function logStream(runtime: PodRuntime, request: PodLogRequest, log: ResourceRequest['server']['log']): StreamBody {
  const abort = new AbortController();
  return {
    start(write, end) {
      const pump = async () => {
        for await (const chunk of runtime.logs(request, abort.signal)) write(Buffer.from(chunk));
      };
      pump()
        .catch((error: unknown) => {
          if (!abort.signal.aborted) log.warn({ err: error, pod: request.pod }, 'A pod log ended early');
        })
        .finally(end);
    },
    stop: () => abort.abort(),
  };
}
