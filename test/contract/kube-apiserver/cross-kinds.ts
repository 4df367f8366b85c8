import type { Answer, HttpTarget } from './http-target.ts';
import type { Sample } from './load-samples.ts';
import { loadSamples } from './load-samples.ts';
import { normalize } from './normalize.ts';

/** What a server answered to each step, by "kind: step". */
export type Transcript = Record<string, { readonly status: number; readonly body: unknown }>;

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const partial = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const partialList = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

/** Crosses every built-in kind with every verb, patch type, dry run, watch and representation. */
export async function crossKinds(http: HttpTarget, namespace: string): Promise<Transcript> {
  await http.json('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await http.json('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, account);
  const transcript: Transcript = {};
  for (const sample of loadSamples(namespace)) await crossKind(http, sample, transcript);
  return transcript;
}

async function crossKind(http: HttpTarget, sample: Sample, transcript: Transcript): Promise<void> {
  const note = (step: string, { status, body, text }: Answer) => {
    transcript[`${sample.key}: ${step}`] = { status, body: normalize(Object.keys(body).length > 0 ? body : text) };
  };
  const { path, object } = sample;
  const name = (object['metadata'] as { name: string }).name;
  const url = `${path}/${name}`;
  note('create dry run', await http.json('POST', `${path}?dryRun=All`, object));
  note('get before', await http.json('GET', url));
  const created = await http.json('POST', path, object);
  note('create', created);
  note('create again', await http.json('POST', path, object));
  note(
    'create strict',
    await http.json('POST', `${path}?fieldValidation=Strict&dryRun=All`, { ...object, unknown: 1 }),
  );
  note('get', await http.json('GET', url));
  note('get table', await http.json('GET', url, undefined, { accept: table }));
  note('get partial', await http.json('GET', url, undefined, { accept: partial }));
  note('list', await http.json('GET', `${path}?fieldSelector=metadata.name%3D${name}`));
  note(
    'list table',
    await http.json('GET', `${path}?fieldSelector=metadata.name%3D${name}`, undefined, { accept: table }),
  );
  note(
    'list partial',
    await http.json('GET', `${path}?fieldSelector=metadata.name%3D${name}`, undefined, { accept: partialList }),
  );
  note('list by unknown field', await http.json('GET', `${path}?fieldSelector=spec.nope%3D1`));
  await crossPatches(http, url, { note, apiVersion: String(object['apiVersion']), kind: String(object['kind']), name });
  await crossUpdates(http, url, { note, object });
  await crossWatch(http, sample, { name, created, note });
  note('status', await http.json('GET', `${url}/status`));
  note(
    'status patch',
    await http.json(
      'PATCH',
      `${url}/status?dryRun=All`,
      { metadata: { annotations: { s: 't' } } },
      { contentType: 'application/merge-patch+json' },
    ),
  );
  note('scale', await http.json('GET', `${url}/scale`));
  note('delete wrong uid', await http.json('DELETE', url, { preconditions: { uid: 'wrong' } }));
  note('delete dry run', await http.json('DELETE', `${url}?dryRun=All`));
  note('delete orphan dry run', await http.json('DELETE', `${url}?dryRun=All&propagationPolicy=Orphan`));
  note('delete foreground dry run', await http.json('DELETE', `${url}?dryRun=All&propagationPolicy=Foreground`));
  note('delete', await http.json('DELETE', `${url}?propagationPolicy=Background`));
  note('get after', await http.json('GET', url));
  note('delete collection', await http.json('DELETE', `${path}?labelSelector=none%3Dx`));
  note('post to name', await http.json('POST', url, object));
}

interface Noting {
  readonly note: (step: string, answer: Answer) => void;
}

async function crossPatches(
  http: HttpTarget,
  url: string,
  { note, ...identity }: Noting & { apiVersion: string; kind: string; name: string },
): Promise<void> {
  const annotate = { metadata: { annotations: { merge: 'x' } } };
  note('merge patch', await http.json('PATCH', url, annotate, { contentType: 'application/merge-patch+json' }));
  note('merge patch again', await http.json('PATCH', url, annotate, { contentType: 'application/merge-patch+json' }));
  const operations = [{ op: 'add', path: '/metadata/annotations/json', value: 'y' }];
  note('json patch', await http.json('PATCH', url, operations, { contentType: 'application/json-patch+json' }));
  note(
    'json patch test',
    await http.json('PATCH', url, [{ op: 'test', path: '/metadata/name', value: 'z' }], {
      contentType: 'application/json-patch+json',
    }),
  );
  const strategic = { metadata: { labels: { strategic: 'z' }, finalizers: ['example.com/hold'] } };
  note(
    'strategic patch dry run',
    await http.json('PATCH', `${url}?dryRun=All`, strategic, { contentType: 'application/strategic-merge-patch+json' }),
  );
  const { apiVersion, kind, name } = identity;
  const applied = { apiVersion, kind, metadata: { name, labels: { applied: 'a' } } };
  const contentType = 'application/apply-patch+yaml';
  note('apply', await http.json('PATCH', `${url}?fieldManager=one`, applied, { contentType }));
  const other = { apiVersion, kind, metadata: { name, labels: { applied: 'b' } } };
  note('apply conflict', await http.json('PATCH', `${url}?fieldManager=two`, other, { contentType }));
  note(
    'apply forced dry run',
    await http.json('PATCH', `${url}?fieldManager=two&force=true&dryRun=All`, other, { contentType }),
  );
  note(
    'apply nothing',
    await http.json('PATCH', `${url}?fieldManager=one`, { apiVersion, kind, metadata: { name } }, { contentType }),
  );
  note(
    'apply undeclared',
    await http.json('PATCH', `${url}?fieldManager=one`, { ...applied, nope: 1 }, { contentType }),
  );
}

async function crossUpdates(
  http: HttpTarget,
  url: string,
  { note, object }: Noting & { object: Record<string, unknown> },
): Promise<void> {
  const { body } = await http.json('GET', url);
  const metadata = body['metadata'] as Record<string, unknown>;
  note('update unchanged', await http.json('PUT', url, body));
  note('update stale', await http.json('PUT', url, { ...body, metadata: { ...metadata, resourceVersion: '1' } }));
  note('update wrong name', await http.json('PUT', url, { ...object, metadata: { name: 'wrong' } }));
  note('update labels', await http.json('PUT', url, { ...body, metadata: { ...metadata, labels: { put: 'p' } } }));
  note(
    'update bad label',
    await http.json('PUT', url, {
      ...body,
      metadata: { ...metadata, resourceVersion: undefined, labels: { 'a b': 'p' } },
    }),
  );
}

async function crossWatch(
  http: HttpTarget,
  { path }: Sample,
  { name, created, note }: Noting & { name: string; created: Answer },
): Promise<void> {
  const { resourceVersion } = (created.body['metadata'] ?? {}) as { resourceVersion?: string };
  if (resourceVersion === undefined) return;
  const watch = `${path}?watch=true&timeoutSeconds=5&fieldSelector=metadata.name%3D${name}&resourceVersion=${resourceVersion}`;
  const events = await http.watch(watch, (seen) => seen.length >= 3);
  note('watch', { status: 200, headers: {}, text: '', body: { events: events.slice(0, 3) } });
}
