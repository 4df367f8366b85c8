import { describe, expect, test } from 'vitest';
import { allows } from './rules.ts';
import type { AccessAttributes } from './rules.ts';

const getPod: AccessAttributes = { verb: 'get', group: '', resource: 'pods', namespace: 'a', name: 'web', path: '' };

describe('allows', () => {
  test.each([
    [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }, getPod, true],
    [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, getPod, true],
    [{ apiGroups: ['apps'], resources: ['pods'], verbs: ['get'] }, getPod, false],
    [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }, getPod, false],
    [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['other'] }, getPod, false],
    [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }, { ...getPod, resource: 'pods/log' }, false],
    [{ apiGroups: [''], resources: ['*/log'], verbs: ['get'] }, { ...getPod, resource: 'pods/log' }, true],
    [{ nonResourceURLs: ['/healthz*'], verbs: ['get'] }, { ...getPod, resource: '', path: '/healthz/ping' }, true],
    [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }, { ...getPod, resource: '', path: '/metrics' }, false],
  ])('%o for %o: %s', (rule, attributes, allowed) => {
    expect(allows(rule, attributes)).toBe(allowed);
  });
});
