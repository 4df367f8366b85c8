import type { CallRecord, KubeClient } from '#libs/kube';

/** How often each `VERB resource` was asked of the API server, in the words of apiserver_request_total. */
export type CallCounts = Readonly<Record<string, number>>;

const serverVerbs: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

/** `PATCH applications`, `APPLY configmaps`, `WATCH deployments`; paths that name no resource count as `GET /path`. */
export function callKey({ verb, path }: Pick<CallRecord, 'verb' | 'path'>): string {
  const [pathname = ''] = path.split('?');
  const match = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/)?([a-z]+)/.exec(pathname);
  return `${serverVerbs[verb] ?? verb.toUpperCase()} ${match?.[1] ?? pathname}`;
}

/** Reads apiserver_request_total of a real API server; subresources count with their resource. */
export async function readServerCounts(client: KubeClient): Promise<CallCounts> {
  const text = String(await client.request('GET', '/metrics', { as: 'text', accept: 'text/plain' }));
  const counts: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const match = /^apiserver_request_total\{(.*)\} ([\d.e+]+)$/.exec(line);
    if (!match) continue;
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(match[1] ?? '')?.[1] ?? '';
    const key = `${label('verb')} ${label('resource')}`;
    counts[key] = (counts[key] ?? 0) + Number(match[2]);
  }
  return counts;
}

export function subtract(after: CallCounts, before: CallCounts): CallCounts {
  const entries = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0));
}

export function add(a: CallCounts, b: CallCounts): CallCounts {
  const sum: Record<string, number> = { ...a };
  for (const [key, count] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

/** All calls that a sync is charged with: everything but Events, Leases and the watches that stay open. */
export function chargeable(counts: CallCounts): number {
  return sumWhere(counts, (verb, resource) => verb !== 'WATCH' && !['events', 'leases'].includes(resource));
}

export function writesOf(counts: CallCounts, resource?: string): number {
  return sumWhere(counts, (verb, name) => isWrite(verb) && (resource === undefined || name === resource));
}

/** What the API server writes to itself too: addresses of Services, Events about them, its own Leases. */
const countedApart = ['events', 'ipaddresses', 'leases'];

/** Writes whose numbers differ between two counts. */
export function differingWrites(a: CallCounts, b: CallCounts): readonly string[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
  return keys
    .filter((key) => {
      const [verb = '', resource = ''] = key.split(' ');
      return isWrite(verb) && !countedApart.includes(resource) && (a[key] ?? 0) !== (b[key] ?? 0);
    })
    .map((key) => `${key}: ${a[key] ?? 0} here, ${b[key] ?? 0} at the server`);
}

function sumWhere(counts: CallCounts, isCounted: (verb: string, resource: string) => boolean): number {
  return Object.entries(counts).reduce((sum, [key, count]) => {
    const [verb = '', resource = ''] = key.split(' ');
    return isCounted(verb, resource) ? sum + count : sum;
  }, 0);
}

function isWrite(verb: string): boolean {
  return ['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION'].includes(verb);
}
