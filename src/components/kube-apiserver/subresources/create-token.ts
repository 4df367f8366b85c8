import { formatTime } from '../operations/timestamps.ts';
import { getObject } from '../operations/get-object.ts';
import { invalid, invalidObject } from '../answers/field-error.ts';
import type { ApiAnswer } from '../http/api-request.ts';
import { parseObjectBody } from '../http/parse-body.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { answerValue } from '../http/write-routes.ts';
import { fieldsOf } from '../registry/strategies/fields.ts';

const defaultSeconds = 3600;
const shortestSeconds = 600;

/** A TokenRequest: a signed token of the service account that ends by itself. */
export function createToken(found: ResourceRequest): ApiAnswer {
  const { server, request, resource, path } = found;
  const { value } = parseObjectBody(request, 'TokenRequest', false);
  const { object } = getObject(server, resource, path);
  const spec = fieldsOf(value, 'spec');
  const seconds = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : defaultSeconds;
  if (seconds < shortestSeconds) {
    const why = 'may not specify a duration less than 10 minutes';
    throw invalidObject({ group: 'authentication.k8s.io', kind: 'TokenRequest', name: '' }, [
      invalid('spec.expirationSeconds', seconds, why),
    ]);
  }
  const asked = spec['audiences'];
  const audiences = Array.isArray(asked) && asked.length > 0 ? (asked as string[]) : [server.tokens.issuer];
  const { name = '', namespace = '', uid = '' } = object.metadata;
  const token = server.tokens.sign({ name, namespace, uid, audiences, seconds });
  const expirationTimestamp = formatTime(server.clock.now() + seconds * 1000);
  return answerValue(
    found,
    {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: formatTime(server.clock.now()) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec['boundObjectRef'] ?? null },
      status: { token, expirationTimestamp },
    },
    201,
  );
}
