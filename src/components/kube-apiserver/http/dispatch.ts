import { KubeApiError } from '#libs/kube';
import type { KubeStatus } from '#libs/kube';
import { WindlassError } from '#base/errors';
import { failure, internalError, noSuchResource } from '../answers/api-errors.ts';
import { authorize } from '../authorization/authorize.ts';
import type { ServerState } from '../operations/server-state.ts';
import type { ApiAnswer, ApiRequest } from './api-request.ts';
import { decodeProtobufRequest } from './decode-protobuf.ts';
import type { NonResourceRoutes } from './non-resource-routes.ts';
import { parseResourcePath } from './request-info.ts';
import { handleResource } from './resource-routes.ts';

/** Answers any request: authorises it, finds what it is about, turns every failure into a Status. */
export async function dispatch(server: ServerState, routes: NonResourceRoutes, sent: ApiRequest): Promise<ApiAnswer> {
  try {
    const request = decodeProtobufRequest(server.protobuf, sent);
    const path = parseResourcePath(request.path);
    authorize(server, request, path);
    const answer = (path && (await handleResource(server, request, path))) ?? (await routes.handle(request));
    if (answer) {
      await server.store.durable();
      return answer;
    }
    return notServed(server, path);
  } catch (error) {
    return statusAnswer(toStatus(server, error), sent.query.has('pretty'));
  }
}

/** A group that nobody serves is not an API at all; within a served group a missing resource gets a Status. */
function notServed(server: ServerState, path: ReturnType<typeof parseResourcePath>): ApiAnswer {
  if (path && server.registry.serves(path.group)) throw noSuchResource();
  const body = Buffer.from('404 page not found\n');
  return {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body,
  };
}

export function toStatus(server: Pick<ServerState, 'log'>, error: unknown): KubeStatus {
  if (error instanceof KubeApiError) return error.status;
  if (error instanceof WindlassError && error.kind === 'InvalidInput') {
    return failure({ code: 400, reason: 'BadRequest', message: error.message }).status;
  }
  server.log.error({ err: error }, 'A request to the embedded API server failed');
  return internalError(error instanceof Error ? error.message : String(error)).status;
}

export function statusAnswer(status: KubeStatus, pretty = false): ApiAnswer {
  const retry = status.details?.retryAfterSeconds;
  const body = Buffer.from(pretty ? JSON.stringify(status, undefined, 2) : `${JSON.stringify(status)}\n`);
  return {
    status: status.code ?? 500,
    headers: { 'content-type': 'application/json', ...(retry === undefined ? {} : { 'retry-after': String(retry) }) },
    body,
  };
}
