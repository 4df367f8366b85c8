import type { KubeObject } from '#libs/kube';
import type { ResourceRequest } from '../http/resource-request.ts';
import { fieldsOf, textOf } from '../registry/strategies/fields.ts';
import { accountExists } from './account-exists.ts';

/** TokenReview: who a token belongs to. */
export function reviewToken({ server }: ResourceRequest, review: KubeObject): KubeObject {
  const token = textOf(fieldsOf(review, 'spec'), 'token');
  const user = server.tokens.identify(token, (namespace, name, uid) =>
    accountExists(server.store, { namespace, name, uid }),
  );
  const status = user
    ? {
        authenticated: true,
        user: { username: user.name, uid: user.uid, groups: user.groups },
        audiences: [server.tokens.issuer],
      }
    : { user: {}, error: '[invalid bearer token, token lookup failed]' };
  return { ...review, status };
}
