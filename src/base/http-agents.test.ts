import { describe, expect, it } from 'vitest';
import { HttpAgents, isProxyBypassed, proxiesFromEnv } from './http-agents.ts';
import { Secret } from './secret.ts';

describe('isProxyBypassed', () => {
  it.each([
    ['https://git.example.com/x', 'example.com', true],
    ['https://git.example.com/x', '.example.com', true],
    ['https://git.example.com/x', '*.example.com', true],
    ['https://badexample.com/x', 'example.com', false],
    ['https://example.com:8443/x', 'example.com:443', false],
    ['https://example.com/x', 'other, example.com:443', true],
    ['http://[::1]/x', '::1', true],
    ['http://10.0.0.1/x', '10.0.0.1', true],
    ['http://[::1]:90/x', '[::1]:90', true],
    ['http://10.1.2.3/x', '10.0.0.0/8', true],
    ['http://11.1.2.3/x', '10.0.0.0/8', false],
    ['http://10.1.2.3/x', '10.0.0.0/99', false],
    ['https://anything/x', '*', true],
    ['https://anything/x', '', false],
  ])('%s with %j: %s', (url, noProxy, bypassed) => {
    expect(isProxyBypassed(new URL(url), noProxy)).toBe(bypassed);
  });
});

describe('HttpAgents', () => {
  it('shares connections between equal options only', async () => {
    await using agents = new HttpAgents();
    const url = new URL('https://host/');
    expect(agents.for(url, {})).toBe(agents.for(new URL('https://other/')));
    expect(agents.for(url, { clientKey: new Secret('a') })).not.toBe(agents.for(url, { clientKey: new Secret('b') }));
    expect(agents.for(url, { proxy: 'http://p', noProxy: 'host' })).toBe(agents.for(url, {}));
    expect(agents.for(url, { proxy: 'http://u:p@p:3128' })).not.toBe(agents.for(url, {}));
  });
});

describe('proxiesFromEnv', () => {
  it('reads both cases, and applies where no other proxy is named', async () => {
    const proxies = proxiesFromEnv({ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://p:2', NO_PROXY: 'inside' });
    expect(proxies).toEqual({ httpsProxy: 'http://p:2', noProxy: 'inside' });
    await using agents = new HttpAgents(proxies);
    const named = agents.for(new URL('https://outside/'), { proxy: 'http://p:2' });
    expect(agents.for(new URL('https://outside/'))).toBe(named);
    expect(agents.for(new URL('https://inside/'))).not.toBe(named);
    expect(agents.for(new URL('http://outside/'))).not.toBe(named);
  });
});
