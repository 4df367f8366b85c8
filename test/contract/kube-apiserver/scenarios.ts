import type { HttpTarget } from './http-target.ts';
import { normalize } from './normalize.ts';

/** What a client sees of lists, watches, custom resources, deletion, access: told as a list of answers. */
export type Story = readonly { readonly step: string; readonly answer: unknown }[];

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const merge = { contentType: 'application/merge-patch+json' };
const apply = { contentType: 'application/apply-patch+yaml' };

class Teller {
  readonly story: { step: string; answer: unknown }[] = [];
  readonly #http: HttpTarget;

  constructor(http: HttpTarget) {
    this.#http = http;
  }

  async call(step: string, ...args: Parameters<HttpTarget['json']>): Promise<Record<string, unknown>> {
    const { status, body, text } = await this.#http.json(...args);
    this.story.push({ step, answer: { status, body: normalize(Object.keys(body).length > 0 ? body : text) } });
    return body;
  }

  async warnings(step: string, ...args: Parameters<HttpTarget['json']>): Promise<void> {
    const { status, headers } = await this.#http.json(...args);
    this.story.push({ step, answer: { status, warning: headers['warning'] ?? null } });
  }

  async watch(step: string, path: string, count: number): Promise<void> {
    const events = await this.#http.watch(path, (seen) => seen.length >= count);
    this.story.push({ step, answer: normalize(events.slice(0, count)) });
  }
}

function configMap(
  name: string,
  labels: Record<string, string> = {},
  data: Record<string, string> = {},
): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
}

function revisionOf(body: Record<string, unknown>): string {
  return (body['metadata'] as { resourceVersion: string }).resourceVersion;
}

/** Pages, selectors, revisions. */
export async function lists(http: HttpTarget): Promise<Story> {
  const tell = new Teller(http);
  const path = '/api/v1/namespaces/lists/configmaps';
  await tell.call('namespace', 'POST', '/api/v1/namespaces', { metadata: { name: 'lists' } });
  const first = await tell.call('first', 'POST', path, configMap('a', { app: 'web' }));
  for (const name of ['b', 'c', 'd'])
    await tell.call(name, 'POST', path, configMap(name, { app: name === 'd' ? 'db' : 'web', [name]: '' }));
  const page = await tell.call('page one', 'GET', `${path}?limit=2`);
  const token = encodeURIComponent((page['metadata'] as { continue: string }).continue);
  await tell.call('changed meanwhile', 'PATCH', `${path}/c`, { data: { new: 'x' } }, merge);
  await tell.call('deleted meanwhile', 'DELETE', `${path}/d`);
  await tell.call('page two shows the past', 'GET', `${path}?limit=2&continue=${token}`);
  await tell.call('page with selector', 'GET', `${path}?limit=1&labelSelector=app%3Dweb`);
  await tell.call('exact revision', 'GET', `${path}?resourceVersion=${revisionOf(first)}&resourceVersionMatch=Exact`);
  await tell.call('not older', 'GET', `${path}?resourceVersion=${revisionOf(first)}&resourceVersionMatch=NotOlderThan`);
  for (const selector of [
    'app=web',
    'app!=web',
    'app in (web,db)',
    'app notin (web)',
    'b',
    '!b',
    'app=web,!c',
    'app==web',
    'b=',
    'app>1',
    'app in',
    'app=b,',
    '=x',
    'a/b/c=d',
    'app=b=c',
  ]) {
    await tell.call(`selector ${selector}`, 'GET', `${path}?labelSelector=${encodeURIComponent(selector)}`);
  }
  for (const selector of [
    'metadata.name=a',
    'metadata.name!=a',
    'metadata.namespace=lists',
    'metadata.name=a,metadata.name=b',
    'nope',
    'data.x=1',
  ]) {
    await tell.call(`fields ${selector}`, 'GET', `${path}?fieldSelector=${encodeURIComponent(selector)}`);
  }
  for (const query of [
    'limit=x',
    'continue=x',
    'resourceVersion=x',
    'resourceVersionMatch=Exact',
    'resourceVersion=0&resourceVersionMatch=Exact',
    'resourceVersionMatch=Foo&resourceVersion=1',
  ]) {
    await tell.call(`query ${query}`, 'GET', `${path}?${query}`);
  }
  await tell.call('table of all', 'GET', `${path}?includeObject=None`, undefined, { accept: table });
  await tell.call('delete selected', 'DELETE', `${path}?labelSelector=app%3Dweb`);
  await tell.call('what is left', 'GET', path);
  return tell.story;
}

/** What a watcher is told. */
export async function watches(http: HttpTarget): Promise<Story> {
  const tell = new Teller(http);
  const path = '/api/v1/namespaces/watches/configmaps';
  await tell.call('namespace', 'POST', '/api/v1/namespaces', { metadata: { name: 'watches' } });
  const start = revisionOf(await tell.call('one', 'POST', path, configMap('one', { app: 'web' })));
  await tell.call('two', 'POST', path, configMap('two', { app: 'db' }));
  await tell.call('two joins', 'PATCH', `${path}/two`, { metadata: { labels: { app: 'web' } } }, merge);
  await tell.call('two changes', 'PATCH', `${path}/two`, { data: { a: 'b' } }, merge);
  await tell.call('two leaves', 'PATCH', `${path}/two`, { metadata: { labels: { app: null } } }, merge);
  await tell.call('one goes', 'DELETE', `${path}/one`);
  await tell.watch('everything', `${path}?watch=1&resourceVersion=${start}`, 5);
  await tell.watch('of a selection', `${path}?watch=1&resourceVersion=${start}&labelSelector=app%3Dweb`, 4);
  await tell.watch('from the present', `${path}?watch=1`, 1);
  await tell.watch(
    'with initial events',
    `${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    2,
  );
  await tell.watch('old path', `/api/v1/watch/namespaces/watches/configmaps?resourceVersion=${start}`, 1);
  await tell.call('initial events without match', 'GET', `${path}?watch=1&sendInitialEvents=true`);
  await tell.call(
    'match without initial events',
    'GET',
    `${path}?watch=1&resourceVersionMatch=NotOlderThan&resourceVersion=1`,
  );
  await tell.call('bad revision', 'GET', `${path}?watch=1&resourceVersion=x`);
  return tell.story;
}

/** Finalizers, preconditions, grace, conflicts, generated names. */
export async function lifecycles(http: HttpTarget): Promise<Story> {
  const tell = new Teller(http);
  const path = '/api/v1/namespaces/lives/configmaps';
  await tell.call('namespace', 'POST', '/api/v1/namespaces', { metadata: { name: 'lives' } });
  await tell.call('held', 'POST', path, {
    ...configMap('held'),
    metadata: { name: 'held', finalizers: ['example.com/one'] },
  });
  await tell.call('delete held', 'DELETE', `${path}/held`);
  await tell.call('delete again', 'DELETE', `${path}/held`);
  await tell.call(
    'add finalizer',
    'PATCH',
    `${path}/held`,
    { metadata: { finalizers: ['example.com/one', 'example.com/two'] } },
    merge,
  );
  await tell.call('create over', 'POST', path, configMap('held'));
  await tell.call('release', 'PATCH', `${path}/held`, { metadata: { finalizers: null } }, merge);
  await tell.call('gone', 'GET', `${path}/held`);
  for (const policy of ['Foreground', 'Orphan', 'Background']) {
    await tell.call(`make for ${policy}`, 'POST', path, configMap(policy.toLowerCase()));
    await tell.call(`delete ${policy}`, 'DELETE', `${path}/${policy.toLowerCase()}`, { propagationPolicy: policy });
  }
  await tell.call('bad policy', 'DELETE', `${path}/orphan`, { propagationPolicy: 'Nope' });
  await tell.call('two policies', 'DELETE', `${path}/orphan`, { propagationPolicy: 'Orphan', orphanDependents: true });
  const made = await tell.call('versioned', 'POST', path, configMap('versioned'));
  await tell.call('wrong version', 'DELETE', `${path}/versioned`, { preconditions: { resourceVersion: '1' } });
  await tell.call('right version', 'DELETE', `${path}/versioned`, {
    preconditions: { resourceVersion: revisionOf(made) },
  });
  await tell.call('version on create', 'POST', path, { metadata: { name: 'v', resourceVersion: '5' } });
  await tell.call('no name', 'POST', path, { metadata: {} });
  await tell.call('wrong namespace', 'POST', path, { metadata: { name: 'n', namespace: 'other' } });
  await tell.call('missing namespace', 'POST', '/api/v1/namespaces/nowhere/configmaps', configMap('n'));
  await tell.call('bad owner', 'POST', path, {
    metadata: { name: 'o', ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'x' }] },
  });
  await tell.call('end namespace', 'DELETE', '/api/v1/namespaces/lives');
  await tell.call('create in ending', 'POST', path, configMap('late'));
  await tell.call('ending namespace', 'GET', '/api/v1/namespaces/lives');
  return tell.story;
}

/** Server-side apply: ownership, conflicts, removal, lists by key. */
export async function applies(http: HttpTarget): Promise<Story> {
  const tell = new Teller(http);
  await tell.call('namespace', 'POST', '/api/v1/namespaces', { metadata: { name: 'applies' } });
  const path = '/apis/apps/v1/namespaces/applies/deployments/web';
  const deployment = (containers: unknown[], replicas?: number) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
  });
  const web = { name: 'web', image: 'nginx:1', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] };
  await tell.call('create', 'PATCH', `${path}?fieldManager=one`, deployment([web], 1), apply);
  await tell.call('same', 'PATCH', `${path}?fieldManager=one`, deployment([web], 1), apply);
  await tell.call(
    'conflict',
    'PATCH',
    `${path}?fieldManager=two`,
    deployment([{ ...web, image: 'nginx:2' }], 2),
    apply,
  );
  await tell.call(
    'force',
    'PATCH',
    `${path}?fieldManager=two&force=true`,
    deployment([{ ...web, image: 'nginx:2' }], 2),
    apply,
  );
  await tell.call(
    'add container',
    'PATCH',
    `${path}?fieldManager=three`,
    deployment([{ name: 'side', image: 's:1' }]),
    apply,
  );
  await tell.call(
    'drop replicas and env',
    'PATCH',
    `${path}?fieldManager=two`,
    deployment([{ name: 'web', image: 'nginx:2' }]),
    apply,
  );
  await tell.call('drop container', 'PATCH', `${path}?fieldManager=three`, deployment([]), apply);
  await tell.call('update takes over', 'PATCH', `${path}?fieldManager=four`, { spec: { replicas: 7 } }, merge);
  await tell.call(
    'wrong type',
    'PATCH',
    `${path}?fieldManager=one`,
    { ...deployment([web]), spec: { replicas: 'x' } },
    apply,
  );
  await tell.call('unknown field', 'PATCH', `${path}?fieldManager=one`, { ...deployment([web]), nope: 1 }, apply);
  await tell.call('no manager', 'PATCH', path, deployment([web]), apply);
  await tell.call('wrong kind', 'PATCH', `${path}?fieldManager=one`, { ...deployment([web]), kind: 'Pod' }, apply);
  await tell.call(
    'status',
    'PATCH',
    `${path}/status?fieldManager=five`,
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, status: { replicas: 3 } },
    apply,
  );
  await tell.call('scale', 'PATCH', `${path}/scale`, { spec: { replicas: 4 } }, merge);
  await tell.call('scale below zero', 'PATCH', `${path}/scale`, { spec: { replicas: -4 } }, merge);
  await tell.call('reset managers', 'PATCH', path, { metadata: { managedFields: [{}] } }, merge);
  return tell.story;
}

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.story.example.com' },
  spec: {
    group: 'story.example.com',
    scope: 'Namespaced',
    names: { plural: 'gadgets', kind: 'Gadget', shortNames: ['gd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        additionalPrinterColumns: [{ name: 'Size', type: 'string', jsonPath: '.spec.size' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'string', enum: ['small', 'large'] },
                  replicas: { type: 'integer', minimum: 0, default: 1 },
                  nested: { type: 'object', default: {}, properties: { on: { type: 'boolean', default: true } } },
                  port: { 'x-kubernetes-int-or-string': true },
                  items: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, value: { type: 'string', maxLength: 3 } },
                    },
                  },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
                'x-kubernetes-validations': [
                  {
                    rule: "self.size != 'large' || self.replicas <= 3",
                    message: 'large gadgets have at most 3 replicas',
                  },
                ],
              },
              status: { type: 'object', properties: { replicas: { type: 'integer' } } },
            },
          },
        },
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** Custom resources: defaulting, pruning, validation, versions, subresources. */
export async function customs(http: HttpTarget): Promise<Story> {
  const tell = new Teller(http);
  const path = '/apis/story.example.com/v1/namespaces/customs/gadgets';
  await tell.call('namespace', 'POST', '/api/v1/namespaces', { metadata: { name: 'customs' } });
  await http.json('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  await http.waitFor(path);
  const gadget = (name: string, spec: Record<string, unknown>) => ({
    apiVersion: 'story.example.com/v1',
    kind: 'Gadget',
    metadata: { name },
    spec,
  });
  await tell.call('create', 'POST', path, {
    ...gadget('one', { size: 'small', unknown: 1, free: { x: [1] }, items: [{ name: 'a', other: 1 }] }),
    status: { replicas: 9 },
  });
  await tell.call(
    'strict',
    'POST',
    `${path}?fieldValidation=Strict`,
    gadget('two', { size: 'small', unknown: 1, items: [{ name: 'a', other: 1 }] }),
  );
  await tell.warnings(
    'warn',
    'POST',
    `${path}?fieldValidation=Warn&dryRun=All`,
    gadget('two', { size: 'small', unknown: 1 }),
  );
  await tell.call(
    'invalid',
    'POST',
    path,
    gadget('bad', {
      size: 'huge',
      replicas: -1,
      port: true,
      items: [{ value: 'long value' }, { name: 'a' }, { name: 'a' }],
    }),
  );
  await tell.call('wrong types', 'POST', path, gadget('bad', { size: 5, nested: 'x', items: {} }));
  await tell.call('rule', 'POST', path, gadget('bad', { size: 'large', replicas: 5 }));
  await tell.call('missing', 'POST', path, gadget('bad', {}));
  await tell.call('wrong kind', 'POST', path, { ...gadget('bad', { size: 'small', replicas: 1 }), kind: 'Other' });
  await tell.call('wrong version', 'POST', path, { ...gadget('bad', {}), apiVersion: 'story.example.com/v2' });
  await tell.call('table', 'GET', path, undefined, { accept: table });
  await tell.call('other version', 'GET', path.replace('/v1/', '/v1beta1/'));
  await tell.call('merge', 'PATCH', `${path}/one`, { spec: { size: 'large' }, status: { replicas: 2 } }, merge);
  await tell.call('null gives default', 'PATCH', `${path}/one`, { spec: { replicas: null } }, merge);
  await tell.call('status', 'PATCH', `${path}/one/status`, { spec: { size: 'small' }, status: { replicas: 2 } }, merge);
  await tell.call(
    'strategic is not served',
    'PATCH',
    `${path}/one`,
    {},
    { contentType: 'application/strategic-merge-patch+json' },
  );
  await tell.call('scale', 'GET', `${path}/one/scale`);
  await tell.call('scale up', 'PATCH', `${path}/one/scale`, { spec: { replicas: 2 } }, merge);
  await tell.call('update without revision', 'PUT', `${path}/one`, gadget('one', { size: 'small' }));
  await tell.call(
    'apply',
    'PATCH',
    `${path}/two?fieldManager=a`,
    gadget('two', { size: 'small', items: [{ name: 'a', value: '1' }] }),
    apply,
  );
  await tell.call(
    'apply by another',
    'PATCH',
    `${path}/two?fieldManager=b`,
    gadget('two', { size: 'small', items: [{ name: 'b', value: '2' }] }),
    apply,
  );
  await tell.call(
    'apply without an item',
    'PATCH',
    `${path}/two?fieldManager=a`,
    gadget('two', { size: 'small' }),
    apply,
  );
  await tell.call(
    'apply unknown',
    'PATCH',
    `${path}/two?fieldManager=a`,
    gadget('two', { size: 'small', unknown: 1 }),
    apply,
  );
  await tell.call('delete', 'DELETE', `${path}/one`);
  await tell.call('delete all', 'DELETE', path);
  return tell.story;
}

const asJane = { headers: { 'impersonate-user': 'jane' } };

/** RBAC with impersonation, reviews, tokens. */
export async function access(http: HttpTarget): Promise<Story> {
  const tell = new Teller(http);
  const path = '/api/v1/namespaces/access';
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await tell.call('namespace', 'POST', '/api/v1/namespaces', { metadata: { name: 'access' } });
  await tell.call('nothing yet', 'GET', `${path}/pods`, undefined, asJane);
  await tell.call('not in the cluster', 'GET', '/api/v1/nodes/x', undefined, asJane);
  await tell.call('not a path', 'GET', '/metrics', undefined, asJane);
  await tell.call('role', 'POST', `${rbac}/namespaces/access/roles`, {
    metadata: { name: 'reader' },
    rules: [
      { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
      { apiGroups: ['apps'], resources: ['*'], resourceNames: ['web'], verbs: ['*'] },
    ],
  });
  await tell.call('binding', 'POST', `${rbac}/namespaces/access/rolebindings`, {
    metadata: { name: 'readers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
  });
  // The real authoriser hears of a binding by a watch.
  await waitUntil(async () => (await http.json('GET', `${path}/pods`, undefined, asJane)).status === 200);
  await tell.call('may list', 'GET', `${path}/pods`, undefined, asJane);
  await tell.call('may not watch', 'GET', `${path}/pods?watch=1`, undefined, asJane);
  await tell.call('may not create', 'POST', `${path}/pods`, {}, asJane);
  await tell.call('named only', 'GET', '/apis/apps/v1/namespaces/access/deployments/web', undefined, asJane);
  await tell.call('not the others', 'GET', '/apis/apps/v1/namespaces/access/deployments', undefined, asJane);
  await tell.call('not elsewhere', 'GET', '/api/v1/namespaces/default/pods', undefined, asJane);
  await tell.call('may not impersonate', 'GET', `${path}/pods`, undefined, {
    headers: { 'impersonate-user': 'system:serviceaccount:access:robot' },
  });
  const review = (verb: string, resource: string, group = '') => ({
    spec: { resourceAttributes: { namespace: 'access', verb, resource, group } },
  });
  const reviews = '/apis/authorization.k8s.io/v1';
  await tell.call('self review yes', 'POST', `${reviews}/selfsubjectaccessreviews`, review('list', 'pods'), asJane);
  await tell.call('self review no', 'POST', `${reviews}/selfsubjectaccessreviews`, review('delete', 'pods'), asJane);
  await tell.call('review', 'POST', `${reviews}/subjectaccessreviews`, {
    spec: { ...review('get', 'pods').spec, user: 'jane' },
  });
  await tell.call('local review', 'POST', `${reviews}/namespaces/access/localsubjectaccessreviews`, {
    metadata: { namespace: 'access' },
    spec: { ...review('get', 'pods').spec, user: 'jane' },
  });
  await tell.call(
    'who',
    'POST',
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    {},
    { headers: { ...asJane.headers, 'impersonate-group': 'devs' } },
  );
  await tell.call('account', 'POST', `${path}/serviceaccounts`, { metadata: { name: 'robot' } });
  const { status } = (
    await http.json('POST', `${path}/serviceaccounts/robot/token`, { spec: { expirationSeconds: 600 } })
  ).body as { status: { token: string } };
  await tell
    .call('token review', 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: status.token } })
    .then(() => {
      const last = tell.story.at(-1)?.answer as { body: { status: { user?: { username?: string } } } };
      tell.story.splice(-1, 1, { step: 'token names its account', answer: last.body.status.user?.username });
    });
  await tell.call('short token', 'POST', `${path}/serviceaccounts/robot/token`, { spec: { expirationSeconds: 60 } });
  return tell.story;
}

async function waitUntil(done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100 && !(await done()); i++) await new Promise((resolve) => setTimeout(resolve, 50));
}

export const scenarios = { lists, watches, lifecycles, applies, customs, access } as const;
