import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { request } from 'undici';
import { withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import type { HttpAgents } from '#base/http-agents';

const maxBytes = 10 * 1024 * 1024;
const deadlineMs = 30_000;
const maxRedirects = 5;

/** Addresses that a repository has no business to make us ask: ourselves, the link, metadata services (`safety.md` A08). */
const blocked = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  blocked.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  blocked.addSubnet(network, bits, 'ipv6');

export interface RemoteFile {
  readonly url: string;
  readonly clock: Clock;
  /** `host[:port]` that may have any address. */
  readonly allowedHosts: readonly string[];
  readonly signal: AbortSignal;
}

/** A file at a URL that a source names, such as remote values. It gets no credentials. */
export async function fetchRemoteFile(
  agents: HttpAgents,
  { url: text, clock, allowedHosts, signal }: RemoteFile,
): Promise<Uint8Array> {
  if (!URL.canParse(text)) throw problem('?', 'the URL is malformed');
  let url = new URL(text);
  using deadline = withDeadline(clock, deadlineMs, `"${url.host}"`, signal);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (!allowedHosts.includes(url.host)) await assertPublic(url);
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agents.for(url),
      signal: deadline.signal,
    }).catch((error: unknown) => {
      if (deadline.signal.aborted) throw error;
      throw problem(url.host, error instanceof Error ? error.message : String(error));
    });
    const { location } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string' && URL.canParse(location, url.href)) {
      await body.dump();
      url = new URL(location, url);
      continue;
    }
    if (statusCode !== 200) {
      await body.dump();
      throw problem(url.host, `it answered with status ${statusCode}`);
    }
    return readLimited(body, url.host);
  }
  throw problem(url.host, `it redirects more than ${maxRedirects} times`);
}

async function assertPublic({ protocol, hostname, host }: URL): Promise<void> {
  if (protocol !== 'https:' && protocol !== 'http:') throw problem(host, 'only http and https are fetched');
  const name = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(name)
    ? [{ address: name, family: isIP(name) }]
    : await lookup(name, { all: true }).catch(() => {
        throw problem(host, 'the name is unknown');
      });
  if (addresses.some(({ address, family }) => blocked.check(address, family === 6 ? 'ipv6' : 'ipv4')))
    throw problem(host, 'the address is not permitted');
}

async function readLimited(body: AsyncIterable<Buffer>, host: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw problem(host, `the file is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function problem(host: string, why: string): WindlassError {
  return new WindlassError({
    code: 'REMOTE_FILE_UNREACHABLE',
    kind: 'Unavailable',
    message: `A file from "${host}" could not be fetched: ${why}.`,
    hint: 'Check the URL of the value file; or commit the file to the repository.',
  });
}
