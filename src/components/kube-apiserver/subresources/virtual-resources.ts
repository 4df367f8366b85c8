import type { KubeObject } from '#libs/kube';
import { methodNotAllowed, notFound } from '../answers/api-errors.ts';
import { reviewAccess, reviewRules } from '../authorization/review-access.ts';
import { reviewToken } from '../authentication/review-token.ts';
import type { ApiAnswer } from '../http/api-request.ts';
import { parseCall } from '../http/call-options.ts';
import type { ResourceRequest } from '../http/resource-request.ts';
import { verbOf } from '../http/resource-request.ts';
import { answerValue, decodeBody, withWarnings } from '../http/write-routes.ts';
import { trackFields } from '../operations/track-fields.ts';
import { formatTime } from '../operations/timestamps.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { answerEntry, answerList } from '../http/read-routes.ts';
import { Entry } from '../storage/entry.ts';
import { bindPod } from './bind-pod.ts';

type Review = (found: ResourceRequest, object: KubeObject) => KubeObject;

/** Resources that are questions: nothing of them is stored. */
const reviews: Readonly<Record<string, Review>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': reviewAccess,
  'subjectaccessreviews.authorization.k8s.io': reviewAccess,
  'localsubjectaccessreviews.authorization.k8s.io': reviewAccess,
  'selfsubjectrulesreviews.authorization.k8s.io': reviewRules,
  'tokenreviews.authentication.k8s.io': reviewToken,
  'selfsubjectreviews.authentication.k8s.io': reviewSelf,
};

const others = ['bindings', 'componentstatuses'];

export function isVirtual({ collection }: ServedResource): boolean {
  return Object.hasOwn(reviews, collection) || others.includes(collection);
}

export function createVirtual(found: ResourceRequest): ApiAnswer {
  const { resource, request } = found;
  if (!resource.verbs.includes(verbOf(found))) throw methodNotAllowed();
  if (resource.collection === 'bindings') return bindPod(found);
  if (resource.collection === 'componentstatuses') return answerComponents(found);
  const call = parseCall(request, 'CreateOptions');
  const review = reviews[resource.collection];
  if (!review) throw methodNotAllowed();
  const object = decodeBody(found, call);
  if (found.path.namespace !== '') object.metadata.namespace = found.path.namespace;
  const now = formatTime(found.server.clock.now());
  const isAccess = resource.group === 'authorization.k8s.io';
  const asked = isAccess
    ? trackFields({ resource, before: undefined, after: object, subresource: undefined, now }, call)
    : object;
  return withWarnings(answerValue(found, review(found, asked), 201), call);
}

function reviewSelf({ server, request }: ResourceRequest, object: KubeObject): KubeObject {
  const { name, uid, groups, extra } = request.user;
  const userInfo = {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
  const metadata = { creationTimestamp: formatTime(server.clock.now()) };
  return { kind: object.kind, apiVersion: object.apiVersion, metadata, status: { userInfo } };
}

const components = ['scheduler', 'controller-manager', 'etcd-0'];

/** A resource of old: the parts of this one process are healthy when it answers. */
function answerComponents(found: ResourceRequest): ApiAnswer {
  const items = components.map((name) => ({
    metadata: { name, creationTimestamp: null },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  }));
  const { name } = found.path;
  const entries = items.map(
    (item) => new Entry(item.metadata.name, { kind: 'ComponentStatus', apiVersion: 'v1', ...item }, 0),
  );
  if (name === '') return answerList(found, { entries, revision: 0 });
  const entry = entries.find(({ key }) => key === name);
  if (!entry) throw notFound(found.resource, name);
  return answerEntry(found, entry);
}
