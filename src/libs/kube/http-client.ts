import { Agent, ProxyAgent, request } from 'undici';
import type { Dispatcher } from 'undici';
import type { Clock } from '#base/clock';
import { systemClock } from '#base/clock';
import { isAbortError } from '#base/errors';
import type { CallRecord, KubeClient } from './client.ts';
import type { ClusterConnection } from './connection.ts';
import { createCredentialSource } from './credential-source.ts';
import { KubeApiError, KubeUnreachable } from './errors.ts';
import type { KubeStatus } from './objects.ts';
import { createRestClient } from './rest-client.ts';
import type { RestRequest, Transport } from './rest-client.ts';

export interface HttpClientOptions {
  readonly clock?: Clock;
  /** Called after every answer (and every watch start): for counters that must agree with the server's. */
  readonly onCall?: (call: CallRecord) => void;
  readonly userAgent?: string;
  /** Open connections per server beside watches. Default 32. */
  readonly connections?: number;
}

const maxThrottleRetries = 5;

/** A Kubernetes client over HTTPS with one pooled set of connections; see KubeClient for what it promises. */
export function createKubeClient(connection: ClusterConnection, options: HttpClientOptions = {}): KubeClient {
  const transport = new HttpTransport(connection, options);
  return createRestClient(transport, options.clock ?? systemClock);
}

class HttpTransport implements Transport {
  readonly server: string;
  readonly #options: HttpClientOptions;
  readonly #connection: ClusterConnection;
  readonly #credentials;
  readonly #clock: Clock;
  #calls: Dispatcher | undefined;
  #streams: Dispatcher | undefined;
  #agentKey = '';

  constructor(connection: ClusterConnection, options: HttpClientOptions) {
    this.server = connection.server;
    this.#connection = connection;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#credentials = createCredentialSource(connection, this.#clock);
  }

  async send(call: RestRequest): Promise<Dispatcher.ResponseData> {
    for (let attempt = 0; ; attempt++) {
      const response = await this.#once(call);
      if (response.statusCode < 300) return response;
      const failure = await readFailure(response);
      if (failure.httpStatus === 401 && attempt === 0 && this.#credentials.refresh()) continue;
      const retryAfter = Number(
        response.headers['retry-after'] ?? failure.status.details?.retryAfterSeconds ?? Number.NaN,
      );
      if (
        failure.httpStatus === 429 &&
        Number.isFinite(retryAfter) &&
        attempt < maxThrottleRetries &&
        failure.reason !== 'Expired'
      ) {
        await this.#clock.sleep(Math.min(retryAfter, 10) * 1000 * (0.5 + this.#clock.random()), call.signal);
        continue;
      }
      throw failure;
    }
  }

  async #once(call: RestRequest): Promise<Dispatcher.ResponseData> {
    const credential = await this.#credentials.current();
    const dispatcher = this.#dispatcher(call.streaming === true, credential.clientCertPem, credential.clientKeyPem);
    const started = this.#clock.monotonic();
    const impersonate = this.#connection.impersonate;
    try {
      const response = await request(`${this.server}${call.path}`, {
        method: call.method as Dispatcher.HttpMethod,
        dispatcher,
        headers: {
          accept: call.accept ?? 'application/json',
          'user-agent': this.#options.userAgent ?? 'windlass',
          ...(credential.authorization ? { authorization: credential.authorization } : {}),
          ...(call.contentType ? { 'content-type': call.contentType } : {}),
          ...(impersonate
            ? {
                'impersonate-user': impersonate.user,
                ...(impersonate.groups ? { 'impersonate-group': [...impersonate.groups] } : {}),
              }
            : {}),
        },
        ...(call.body === undefined ? {} : { body: call.body }),
        ...(call.signal ? { signal: call.signal } : {}),
        headersTimeout: call.timeoutMs,
        bodyTimeout: call.streaming ? 0 : call.timeoutMs,
      });
      this.#options.onCall?.({
        verb: call.verb,
        path: call.path,
        status: response.statusCode,
        durationMs: this.#clock.monotonic() - started,
      });
      return response;
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      if (isAbortError(error)) throw error;
      throw new KubeUnreachable(this.server, error);
    }
  }

  #dispatcher(streaming: boolean, certPem: string | undefined, keyPem: string | undefined): Dispatcher {
    const cert = certPem ?? this.#connection.clientCertPem;
    const key = keyPem ?? this.#connection.clientKeyPem?.reveal();
    const agentKey = certPem ?? '';
    if (this.#calls === undefined || this.#streams === undefined || this.#agentKey !== agentKey) {
      void this.close();
      this.#agentKey = agentKey;
      const { caPem, insecure, tlsServerName, proxyUrl } = this.#connection;
      const tls = {
        ...(caPem ? { ca: caPem } : {}),
        ...(cert ? { cert } : {}),
        ...(key ? { key } : {}),
        ...(insecure ? { rejectUnauthorized: false } : {}),
        ...(tlsServerName ? { servername: tlsServerName } : {}),
      };
      // HTTP/1.1 on purpose: one HTTP/2 connection would carry every watch, and stall them all when it stalls (docs/adr/0005).
      const agent = (connections: number | null): Dispatcher =>
        proxyUrl
          ? new ProxyAgent({ uri: proxyUrl, requestTls: tls, allowH2: false })
          : new Agent({ connections, allowH2: false, connect: { ...tls, timeout: 10_000 } });
      this.#calls = agent(this.#options.connections ?? 32);
      this.#streams = agent(null);
    }
    return streaming ? this.#streams : this.#calls;
  }

  async close(): Promise<void> {
    const open = [this.#calls, this.#streams];
    this.#calls = undefined;
    this.#streams = undefined;
    await Promise.all(open.filter((dispatcher) => dispatcher !== undefined).map((dispatcher) => dispatcher.destroy()));
  }
}

async function readFailure(response: Dispatcher.ResponseData): Promise<KubeApiError> {
  const text = await response.body.text();
  let status: KubeStatus = { apiVersion: 'v1', kind: 'Status', code: response.statusCode };
  try {
    const parsed = JSON.parse(text) as KubeStatus;
    status = parsed.kind === 'Status' ? parsed : { ...status, message: text.slice(0, 500) };
  } catch {
    if (text !== '') status = { ...status, message: text.trim().slice(0, 500) };
  }
  return new KubeApiError(response.statusCode, status);
}
