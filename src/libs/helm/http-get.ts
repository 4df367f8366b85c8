import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { withDeadline } from '#base/abort';
import type { Clock } from '#base/clock';
import { WindlassError } from '#base/errors';
import type { HttpAgentOptions, HttpAgents } from '#base/http-agents';
import type { Secret } from '#base/secret';
import { repositoryProblem, repositoryRefused } from './chart-errors.ts';

/** Where a Helm repository is and how to get in. */
export interface ChartRepositoryAccess extends HttpAgentOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: Secret;
  /** Send the credentials to other hosts that the index names too (`helm.passCredentials`). */
  readonly passCredentials?: boolean;
}

export interface HttpGet {
  readonly url: URL;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

const deadlineMs = 120_000;
const maxRedirects = 5;

/** GETs a URL with the repository's credentials, which go to its own origin only, and hands the answer to `use`. */
export async function httpGet<T>(
  agents: HttpAgents,
  access: ChartRepositoryAccess,
  { url: start, clock, signal }: HttpGet,
  use: (response: Dispatcher.ResponseData) => Promise<T>,
): Promise<T> {
  using deadline = withDeadline(clock, deadlineMs, `"${start.host}"`, signal);
  let url = start;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw repositoryProblem(access.url, 'a chart is at no http URL');
    const response = await send(agents, access, url, deadline.signal);
    const location = response.headers['location'];
    if (response.statusCode >= 300 && response.statusCode < 400 && typeof location === 'string') {
      await response.body.dump();
      if (!URL.canParse(location, url.href)) throw repositoryProblem(access.url, 'it redirects to a malformed URL');
      url = new URL(location, url);
      continue;
    }
    if (response.statusCode === 200) return use(response);
    await response.body.dump();
    if (response.statusCode === 401 || response.statusCode === 403)
      throw repositoryRefused(access.url, access.username !== undefined || access.password !== undefined);
    throw repositoryProblem(access.url, `it answered with status ${response.statusCode}`);
  }
  throw repositoryProblem(access.url, `it redirects more than ${maxRedirects} times`);
}

export async function readBody({ body }: Dispatcher.ResponseData, maxBytes: number, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw repositoryProblem(`https://${host}`, `its answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function send(
  agents: HttpAgents,
  access: ChartRepositoryAccess,
  url: URL,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const { username, password, passCredentials } = access;
  const isOwn = url.origin === new URL(access.url).origin;
  const hasCredentials = (username !== undefined || password !== undefined) && (isOwn || passCredentials);
  const { clientCert: _cert, clientKey: _key, ...anonymous } = access;
  try {
    return await request(url, {
      dispatcher: agents.for(url, isOwn || passCredentials ? access : anonymous),
      signal,
      headers: {
        'user-agent': 'windlass',
        ...(hasCredentials
          ? {
              authorization: `Basic ${Buffer.from(`${username ?? ''}:${password?.reveal() ?? ''}`).toString('base64')}`,
            }
          : {}),
      },
    });
  } catch (error) {
    if (error instanceof WindlassError || signal.aborted) throw error;
    throw repositoryProblem(access.url, error instanceof Error ? error.message : String(error), error);
  }
}
