import { BlockList, isIP } from 'node:net';
import { Agent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { LRUCache } from 'lru-cache';
import { addressForbidden, guardedLookup, isForbiddenAddress } from './forbidden-address.ts';
import { sha256 } from './hash.ts';
import type { Secret } from './secret.ts';

/** How to connect to a server outside: whom to trust, as whom to appear, through what. */
export interface HttpAgentOptions {
  /** PEM bundle that replaces the system's authorities. */
  readonly caPem?: string;
  readonly clientCert?: string;
  readonly clientKey?: Secret;
  readonly insecure?: boolean;
  readonly serverName?: string;
  readonly proxy?: string;
  /** Comma-separated hosts, `.suffixes` or `*` that are reached without the proxy. */
  readonly noProxy?: string;
}

/** Proxies for everything that names none of its own, as the environment gives them. */
export interface ProxySettings {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
}

const connectTimeoutMs = 10_000;
/** Longer than the usual poll interval, so that a poll finds its connection open. */
const keepAliveMs = 65_000;

/** Keep-alive connections, one pool for each way to connect. */
export class HttpAgents {
  readonly #pools = new LRUCache<string, Dispatcher>({
    max: 200,
    dispose: (pool) => void pool.close().catch(() => undefined),
  });
  readonly #proxies: ProxySettings;

  constructor(proxies: ProxySettings = {}) {
    this.#proxies = proxies;
  }

  /** The dispatcher to use for a request to `url`. Throws HTTP_ADDRESS_FORBIDDEN; connections fail with it, too. */
  for(url: URL, options: HttpAgentOptions = {}): Dispatcher {
    const proxy = chooseProxy(url, options, this.#proxies);
    if (isForbiddenAddress(url.hostname)) throw addressForbidden(url.hostname);
    const key = poolKey(options, proxy);
    const known = this.#pools.get(key);
    if (known) return known;
    const pool = createPool(options, proxy);
    this.#pools.set(key, pool);
    return pool;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    await Promise.all(pools.map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in either case; the lower one wins, as in curl. */
export function proxiesFromEnv(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => env[name] || env[name.toUpperCase()];
  const [httpProxy, httpsProxy, noProxy] = [read('http_proxy'), read('https_proxy'), read('no_proxy')];
  return {
    ...(httpProxy ? { httpProxy } : {}),
    ...(httpsProxy ? { httpsProxy } : {}),
    ...(noProxy ? { noProxy } : {}),
  };
}

function chooseProxy(url: URL, options: HttpAgentOptions, settings: ProxySettings): string | undefined {
  const general = url.protocol === 'https:' ? settings.httpsProxy : settings.httpProxy;
  const proxy = options.proxy ?? general;
  const noProxy = options.proxy === undefined ? settings.noProxy : options.noProxy;
  return proxy && !isProxyBypassed(url, noProxy ?? '') ? proxy : undefined;
}

/** Whether `noProxy` lists the URL's host: a name or `.suffix`, with a port or not, an address, a CIDR range, or `*`. */
export function isProxyBypassed(url: URL, noProxy: string): boolean {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const rules = noProxy.toLowerCase().split(/[\s,]+/);
  return rules.filter(Boolean).some((rule) => rule === '*' || isInRange(host, rule) || isNamed(host, port, rule));
}

function isInRange(host: string, rule: string): boolean {
  const [network = '', bits = ''] = rule.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(network) === 0 || isIP(network) !== isIP(host) || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 'ipv6' ? 128 : 32)) return false;
  const range = new BlockList();
  range.addSubnet(network, Number(bits), family);
  return range.check(host, family);
}

function isNamed(host: string, port: string, rule: string): boolean {
  if (isIP(rule) === 6) return host === rule;
  const [, bracketed, plain = '', rulePort] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(rule) ?? [];
  const name = (bracketed ?? plain).replace(/^\*?\./, '');
  if (name === '' || (rulePort !== undefined && rulePort !== port)) return false;
  return host === name || host.endsWith(`.${name}`);
}

function poolKey(options: HttpAgentOptions, proxy: string | undefined): string {
  const { caPem, clientCert, clientKey, insecure, serverName } = options;
  return sha256(JSON.stringify([caPem, clientCert, clientKey?.reveal(), insecure ?? false, serverName, proxy]));
}

function createPool(options: HttpAgentOptions, proxy: string | undefined): Dispatcher {
  const tls = {
    timeout: connectTimeoutMs,
    lookup: guardedLookup,
    rejectUnauthorized: options.insecure !== true,
    ...(options.caPem ? { ca: options.caPem } : {}),
    ...(options.clientCert ? { cert: options.clientCert } : {}),
    ...(options.clientKey ? { key: options.clientKey.reveal() } : {}),
    ...(options.serverName ? { servername: options.serverName } : {}),
  };
  const pool = { keepAliveTimeout: keepAliveMs, keepAliveMaxTimeout: 10 * keepAliveMs, connections: 64 };
  if (proxy === undefined) return new Agent({ ...pool, connect: tls });
  const { uri, token } = splitProxyUrl(proxy);
  return new ProxyAgent({ ...pool, uri, requestTls: tls, ...(token ? { token } : {}) });
}

function splitProxyUrl(proxy: string): { uri: string; token?: string } {
  const url = new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
  if (!url.username) return { uri: url.href };
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { uri: url.href, token: `Basic ${Buffer.from(user).toString('base64')}` };
}
