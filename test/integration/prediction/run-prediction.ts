import { isRecord } from '#base/json';
import type { KubeObject, ManagedFieldsEntry } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import type { Schema } from '#libs/kube/schema';
import { anySchema, schemaFromOpenApi, toCompiledForm } from '#libs/kube/schema';
import type { Answer, ControlPlane } from './control-plane.ts';
import type { Mismatch } from './judge-prediction.ts';
import { judgeConflicts, judgeCreateByApply, judgePrediction, judgeWrite } from './judge-prediction.ts';
import { Random } from './random.ts';
import type { Endpoint } from './sample-kinds.ts';
import { findEndpoint, named, samples, testCrds } from './sample-kinds.ts';
import { projectObject, varyObject, withoutEmptyLists } from './vary-object.ts';

export interface PredictionRun {
  /** Live, owners and desired, judged against a forced dry run. */
  triples: number;
  /** Unforced dry runs that the server refused as conflicts and that were compared. */
  conflicts: number;
  /** Applied objects that do not fit their schema, refused by both. */
  invalid: number;
  /** Triples in which fields or list items go that our manager owned. */
  removals: number;
  /** Desired objects with two list items of the same key. */
  duplicates: number;
  /** Triples in which nothing changed, and those of them that the quick walk told. */
  unchanged: number;
  unchangedQuickly: number;
  /** Real writes whose result was compared: creates, replaces, merge patches. */
  writes: number;
  readonly kinds: Map<string, number>;
  readonly mismatches: Mismatch[];
}

export interface PredictionOptions {
  readonly seed: number;
  readonly livesPerKind: number;
  readonly desiredPerLive: number;
  readonly only?: string;
}

export const ourManager = 'argocd-controller';

export interface Subject {
  readonly server: ControlPlane;
  readonly schema: Schema;
  readonly endpoint: Endpoint;
  readonly sample: KubeObject;
  readonly random: Random;
  readonly run: PredictionRun;
}

/** Applies the CRDs, then judges every kind; sixteen live objects at a time. */
export async function runPrediction(server: ControlPlane, options: PredictionOptions): Promise<PredictionRun> {
  for (const crd of testCrds)
    await server.send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: crd });
  const run: PredictionRun = {
    triples: 0,
    conflicts: 0,
    invalid: 0,
    removals: 0,
    duplicates: 0,
    unchanged: 0,
    unchangedQuickly: 0,
    writes: 0,
    kinds: new Map(),
    mismatches: [],
  };
  const kinds = await Promise.all(
    samples
      .filter((one) => options.only === undefined || one.kind === options.only)
      .map((sample) => describeKind(server, sample)),
  );
  const tasks = kinds.flatMap(({ sample, schema, endpoint }, kindIndex) =>
    // A new CRD makes the server rebuild its OpenAPI: a few are enough.
    Array.from({ length: sample.kind === 'CustomResourceDefinition' ? 2 : options.livesPerKind }, (_, index) => {
      const random = new Random(options.seed + kindIndex * 1000 + index);
      return () =>
        judgeLive({ server, schema, endpoint, sample: named(sample, index), random, run }, options.desiredPerLive);
    }),
  );
  const queue = tasks.values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const task of queue) await task();
    }),
  );
  return run;
}

async function describeKind(
  server: ControlPlane,
  sample: KubeObject,
): Promise<{ sample: KubeObject; schema: Schema; endpoint: Endpoint }> {
  const root = sample.apiVersion.includes('/') ? `apis/${sample.apiVersion}` : `api/${sample.apiVersion}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    const { status, body } = await server.send('GET', `/openapi/v3/${root}`);
    const schema = status === 200 ? schemaFromOpenApi(body, gvkOf(sample)) : undefined;
    if (schema !== undefined) return { sample, schema, endpoint: await findEndpoint(server, sample) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No schema for ${sample.apiVersion} ${sample.kind}.`);
}

async function judgeLive(subject: Subject, desiredPerLive: number): Promise<void> {
  const { sample, random, run } = subject;
  const live = await makeLive(subject);
  if (live === undefined) {
    run.mismatches.push({ kind: sample.kind, what: 'no live object could be made', detail: '' });
    return;
  }
  for (let i = 0; i < desiredPerLive; i++) {
    for (const intensity of [1, 0.5, 0.2, 0]) {
      const desired = varyObject(sample, { random, intensity });
      if (await judgeDesired(subject, live, desired)) break;
    }
  }
}

/** True when the server had an answer that could be compared. */
async function judgeDesired(subject: Subject, live: KubeObject, desired: KubeObject): Promise<boolean> {
  const { run, sample } = subject;
  const answer = await apply(subject, desired, { manager: ourManager, force: true, dryRun: true });
  const verdict = judgePrediction({ subject, live, desired, answer });
  if (verdict === 'incomparable') return false;
  if (verdict === 'invalid') {
    run.invalid++;
    return false;
  }
  run.triples++;
  run.kinds.set(sample.kind, (run.kinds.get(sample.kind) ?? 0) + 1);
  const unforced = await apply(subject, desired, { manager: ourManager, force: false, dryRun: true });
  if (judgeConflicts({ subject, live, desired, answer: unforced })) run.conflicts++;
  return true;
}

export interface ApplyCall {
  readonly manager: string;
  readonly force: boolean;
  readonly dryRun: boolean;
}

function apply({ server, endpoint }: Subject, object: KubeObject, { manager, force, dryRun }: ApplyCall) {
  const query = `fieldManager=${manager}&force=${force}${dryRun ? '&dryRun=All' : ''}`;
  return server.send('PATCH', `${endpoint.collection}/${object.metadata.name}?${query}`, {
    body: object,
    contentType: 'application/apply-patch+yaml',
  });
}

/** An object with a history: made by one of three ways, then touched by others. */
async function makeLive(subject: Subject): Promise<KubeObject | undefined> {
  const { server, endpoint, sample, random } = subject;
  const way = random.below(3);
  let live: KubeObject | undefined;
  for (const intensity of [1, 0.5, 0.2, 0]) {
    const varied = varyObject(sample, { random, intensity });
    const first = way === 0 ? withoutEmptyLists(varied) : varied;
    const made =
      way === 0
        ? await server.send('POST', `${endpoint.collection}?fieldManager=kubectl-create`, { body: first })
        : await apply(subject, first, { manager: ourManager, force: true, dryRun: false });
    if (made.status < 300) {
      live = made.body as KubeObject;
      const manager = way === 0 ? 'kubectl-create' : ourManager;
      (way === 0 ? judgeWrite : judgeCreateByApply)({ subject, before: undefined, sent: first, manager, after: live });
      break;
    }
  }
  if (live === undefined) return undefined;
  if (way === 0 && random.chance(0.3))
    live = await merge(subject, live, 'reset', {
      metadata: { managedFields: [{}] } as { managedFields: ManagedFieldsEntry[] },
    });
  const touches = random.below(4);
  for (let i = 0; i < touches; i++) live = await touch(subject, live);
  return selfWritten.has(sample.kind) ? settled(subject, live) : live;
}

/** Kinds to whose status the API server itself writes, a moment later. */
const selfWritten: ReadonlySet<string> = new Set([
  'APIService',
  'CustomResourceDefinition',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'ServiceCIDR',
]);

async function settled({ server, endpoint }: Subject, live: KubeObject): Promise<KubeObject> {
  let current = live;
  for (let attempt = 0; attempt < 5; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    const next = (await server.send('GET', `${endpoint.collection}/${live.metadata.name}`)).body as KubeObject;
    if (next.metadata.resourceVersion === current.metadata.resourceVersion) return next;
    current = next;
  }
  return current;
}

async function touch(subject: Subject, live: KubeObject): Promise<KubeObject> {
  const { sample, random } = subject;
  const kind = random.below(4);
  if (kind === 0)
    return merge(subject, live, 'kubectl-edit', {
      metadata: { labels: { tier: `t${random.below(3)}`, [`edited-${random.below(2)}`]: 'yes' } },
    });
  if (kind === 1)
    return applied(
      live,
      await apply(subject, varyObject(sample, { random, intensity: 0.3 }), {
        manager: ourManager,
        force: true,
        dryRun: false,
      }),
    );
  if (kind === 2) {
    const object = varyObject(sample, { random, intensity: 0.3 });
    const { managedFields: _, ...metadata } = live.metadata;
    // A replace that only spells a quantity in another way takes over the atomic list that holds it: not modelled.
    const replaced = toCompiledForm(subject.schema.compiled === true ? subject.schema : anySchema, {
      ...object,
      metadata: { ...metadata, ...object.metadata },
    });
    const path = `${subject.endpoint.collection}/${live.metadata.name}?fieldManager=replacer`;
    return written(subject, live, 'replacer', await subject.server.send('PUT', path, { body: replaced }));
  }
  return applied(
    live,
    await apply(subject, projectObject(sample, random), {
      manager: random.pick(['other', 'autoscaler']),
      force: true,
      dryRun: false,
    }),
  );
}

async function merge(subject: Subject, live: KubeObject, manager: string, patch: unknown): Promise<KubeObject> {
  const { server, endpoint } = subject;
  const path = `${endpoint.collection}/${live.metadata.name}?fieldManager=${manager}`;
  const answer = await server.send('PATCH', path, { body: patch, contentType: 'application/merge-patch+json' });
  return written(subject, live, manager, answer);
}

function written(subject: Subject, before: KubeObject, manager: string, answer: Answer): KubeObject {
  const after = applied(before, answer);
  if (after !== before && manager !== 'reset') judgeWrite({ subject, before, sent: undefined, manager, after });
  return after;
}

/** What the server answered, or the object as it was when it refused. */
function applied(live: KubeObject, answer: { readonly status: number; readonly body: unknown }): KubeObject {
  return answer.status < 300 && isRecord(answer.body) ? (answer.body as KubeObject) : live;
}
