import { systemClock } from '#base/clock';
import { isNotFound } from '#libs/kube';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';

export interface Place {
  readonly type: ResourceType;
  readonly name: string;
  readonly namespace?: string;
}

/** What is there now; undefined when nothing is. */
export async function read(client: KubeClient, { type, name, namespace }: Place): Promise<KubeObject | undefined> {
  try {
    return await client.get(type, name, namespace === undefined ? {} : { namespace });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Follows one object by watch until it is as wanted; undefined is handed over when it is absent. */
export async function waitFor(
  client: KubeClient,
  place: Place,
  isWanted: (object: KubeObject | undefined) => boolean,
  timeoutMs = 45_000,
): Promise<KubeObject | undefined> {
  const { type, name, namespace } = place;
  const abort = new AbortController();
  const cancel = systemClock.after(timeoutMs, () => abort.abort(new Error('The deadline passed.')));
  const scope = { fieldSelector: `metadata.name=${name}`, ...(namespace === undefined ? {} : { namespace }) };
  let last: KubeObject | undefined;
  try {
    const list = await client.list(type, scope);
    last = list.items[0];
    if (isWanted(last)) return last;
    const resourceVersion = list.metadata.resourceVersion ?? '';
    for await (const event of client.watch(type, { ...scope, resourceVersion, signal: abort.signal })) {
      if (event.type === 'BOOKMARK') continue;
      last = event.type === 'DELETED' ? undefined : event.object;
      if (isWanted(last)) return last;
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    cancel();
    abort.abort(new DOMException('Seen.', 'AbortError'));
  }
  throw new Error(`${type.kind} "${name}" did not become as wanted; it is ${JSON.stringify(last?.['status'])}`);
}
