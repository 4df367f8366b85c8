import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed JSON; empty when the answer is none. */
  readonly body: Record<string, unknown>;
}

export interface SendOptions {
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An API server reached as any client reaches it: over TLS with a token. */
export class HttpTarget {
  readonly url: string;
  readonly #token: string;
  readonly #agent: Agent;

  /** Without an authority the certificate is not checked: only for servers on loopback that tests start. */
  constructor(url: string, { ca, token }: { ca: string | undefined; token: string }) {
    this.url = url;
    this.#token = token;
    this.#agent = new Agent(
      ca === undefined ? { rejectUnauthorized: false, keepAlive: true } : { ca, keepAlive: true },
    );
  }

  static fromKubeconfig(path: string): HttpTarget {
    const text = readFileSync(path, 'utf8');
    const config = parse(text) as {
      clusters: { cluster: Record<string, string> }[];
      users: { user: Record<string, string> }[];
    };
    const cluster = config.clusters[0]?.cluster ?? {};
    const inline = cluster['certificate-authority-data'];
    const ca = inline === undefined ? readFileSync(cluster['certificate-authority'] ?? '', 'utf8') : atob(inline);
    return new HttpTarget(cluster['server'] ?? '', {
      ca,
      token: config.users[0]?.user['token'] ?? '',
    });
  }

  json(method: string, path: string, body?: unknown, options: SendOptions = {}): Promise<Answer> {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.#token}`,
        accept: options.accept ?? 'application/json',
        'user-agent': 'contract',
        ...(text === undefined
          ? {}
          : {
              'content-type': options.contentType ?? 'application/json',
              'content-length': String(Buffer.byteLength(text)),
            }),
        ...options.headers,
      };
      const call = request(`${this.url}${path}`, { method, agent: this.#agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const answered = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: answered,
            body: parseObject(answered),
          });
        });
      });
      call.on('error', reject);
      call.end(text);
    });
  }

  /** Events of a watch as they come, until `until` says enough or the server ends it. */
  watch(
    path: string,
    until: (events: readonly Record<string, unknown>[]) => boolean,
  ): Promise<Record<string, unknown>[]> {
    return new Promise((resolve, reject) => {
      const events: Record<string, unknown>[] = [];
      let rest = '';
      const headers = { authorization: `Bearer ${this.#token}`, accept: 'application/json' };
      const call = request(`${this.url}${path}`, { agent: this.#agent, headers }, (answer) => {
        answer.on('data', (chunk: Buffer) => {
          const lines = (rest + chunk.toString('utf8')).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) if (line !== '') events.push(JSON.parse(line) as Record<string, unknown>);
          if (!until(events)) return;
          resolve(events);
          call.destroy();
        });
        answer.on('end', () => resolve(events));
        answer.on('error', () => resolve(events));
      });
      call.on('error', reject);
      call.end();
    });
  }

  /** Waits until a path answers 200: controllers of a real cluster need a moment. */
  async waitFor(path: string, attempts = 100): Promise<Answer> {
    for (let i = 0; ; i++) {
      const answer = await this.json('GET', path);
      if (answer.status === 200 || i === attempts) return answer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parseObject(text: string): Record<string, unknown> {
  if (!text.startsWith('{')) return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
