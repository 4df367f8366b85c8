import { getPath, isRecord } from '#base/json';
import { queryString, splitLines } from '#libs/kube';
import type { KubeClient, KubeObject } from '#libs/kube';
import type { LogLine, LogQuery, ResourceNode } from '../session.ts';

interface Source {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Log lines of all pods below the matching resources; merged as they come when following, else pod after pod by time. */
export async function* followLogs(
  client: KubeClient,
  tree: readonly ResourceNode[],
  query: LogQuery,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const sources = findPods(tree, query).flatMap((pod) => containersOf(pod, query.container));
  if (query.follow) {
    yield* merge(sources.map((source) => readLog(client, source, query, signal)));
    return;
  }
  const lines: LogLine[] = [];
  for (const source of sources) for await (const line of readLog(client, source, query, signal)) lines.push(line);
  yield* lines.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** Pods of the tree, or of the part of it below the resources that the query names. */
function findPods(nodes: readonly ResourceNode[], query: LogQuery): readonly KubeObject[] {
  const found = new Map<string, KubeObject>();
  const visit = (node: ResourceNode, isBelowMatch: boolean): void => {
    const matches = isBelowMatch || matchesQuery(node, query);
    if (matches && node.key.kind === 'Pod' && node.key.group === '') found.set(node.uid, node.object);
    for (const child of node.children) visit(child, matches);
  };
  for (const node of nodes) visit(node, false);
  return [...found.values()];
}

function matchesQuery({ key }: ResourceNode, { group, kind, name, namespace }: LogQuery): boolean {
  return (
    (group === undefined || group === key.group) &&
    (kind === undefined || kind === key.kind) &&
    (name === undefined || name === key.name) &&
    (namespace === undefined || namespace === key.namespace)
  );
}

function containersOf(pod: KubeObject, wanted: string | undefined): readonly Source[] {
  const list = getPath(pod, 'spec', 'containers');
  const names = Array.isArray(list) ? list.filter(isRecord).map((container) => String(container['name'])) : [];
  const { namespace = '', name = '' } = pod.metadata;
  return names
    .filter((container) => wanted === undefined || container === wanted)
    .map((container) => ({ namespace, pod: name, container }));
}

async function* readLog(
  client: KubeClient,
  { namespace, pod, container }: Source,
  query: LogQuery,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const parameters = queryString({
    container,
    timestamps: true,
    follow: query.follow,
    previous: query.previous,
    tailLines: query.tailLines,
    sinceSeconds: query.sinceSeconds,
  });
  for await (const line of splitLines(await client.stream(path + parameters, { signal }))) {
    const cut = line.indexOf(' ');
    yield { pod, container, time: line.slice(0, cut), text: line.slice(cut + 1) };
  }
}

/** Items of several streams in the order in which they arrive. */
async function* merge<T>(streams: readonly AsyncIterable<T>[]): AsyncIterable<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const pending = new Map(iterators.map((iterator) => [iterator, next(iterator)]));
  while (pending.size > 0) {
    const { iterator, result } = await Promise.race(pending.values());
    if (result.done === true) pending.delete(iterator);
    else {
      pending.set(iterator, next(iterator));
      yield result.value;
    }
  }
}

async function next<T>(iterator: AsyncIterator<T>) {
  return { iterator, result: await iterator.next() };
}
