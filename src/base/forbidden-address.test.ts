import { describe, expect, it } from 'vitest';
import { guardedLookup, isForbiddenAddress } from './forbidden-address.ts';
import { HttpAgents } from './http-agents.ts';

describe('isForbiddenAddress', () => {
  it.each([
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    '[fe80::1%eth0]',
    'ff02::1',
    '::ffff:169.254.169.254',
  ])('refuses %s', (address) => {
    expect(isForbiddenAddress(address)).toBe(true);
  });

  it.each(['127.0.0.1', '10.0.0.1', '192.168.1.1', '1.1.1.1', '::1', 'fd12::1', 'host', ''])(
    'permits %s',
    (address) => {
      expect(isForbiddenAddress(address)).toBe(false);
    },
  );
});

describe('HttpAgents', () => {
  it.each(['http://169.254.169.254/latest', 'http://0xa9fea9fe/', 'http://2852039166/', 'http://[fe80::1]/'])(
    'makes no connection to %s',
    async (url) => {
      await using agents = new HttpAgents();
      expect(() => agents.for(new URL(url))).toThrow(expect.objectContaining({ code: 'HTTP_ADDRESS_FORBIDDEN' }));
    },
  );
});

describe('guardedLookup', () => {
  it('passes on what is permitted and what fails', async () => {
    const look = (host: string) =>
      new Promise((resolve) => guardedLookup(host, { all: true }, (error, found) => resolve(error ?? found)));
    expect(await look('127.0.0.1')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(await look('169.254.169.254')).toMatchObject({ code: 'HTTP_ADDRESS_FORBIDDEN' });
  });
});
