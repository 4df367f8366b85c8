import { join } from 'node:path';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { silentLogger } from '#base/log';
import { Secret } from '#base/secret';
import { tempDir } from '#base/tempdir';
import { connectHttp, connectInProcess, defineContract, serveHttp, serverStream, unary } from './index.ts';
import type { ClientOf, HandlersOf } from './index.ts';

const contract = defineContract('test', {
  double: unary({
    request: Type.Object({ n: Type.Integer() }, { additionalProperties: false }),
    response: Type.Object({ n: Type.Integer() }),
  }),
  echo: unary({ request: Type.Object({ value: Type.Unknown() }), response: Type.Object({ value: Type.Unknown() }) }),
  fail: unary({ request: Type.Object({}), response: Type.Object({}) }),
  wait: unary({ request: Type.Object({}), response: Type.Object({}), deadlineMs: 60_000 }),
  lie: unary({ request: Type.Object({}), response: Type.Object({ n: Type.Integer() }) }),
  count: serverStream({ request: Type.Object({ to: Type.Integer() }), item: Type.Object({ i: Type.Integer() }) }),
});

interface Seen {
  aborted: number;
}

function createHandlers(seen: Seen): HandlersOf<typeof contract> {
  return {
    double: async ({ n }) => ({ n: 2 * n }),
    echo: async ({ value }) => ({ value }),
    fail: async () => {
      throw new WindlassError({
        code: 'X_BROKEN',
        kind: 'NotFound',
        message: 'It is not there.',
        hint: 'Look again.',
        at: { file: 'a', line: 3 },
      });
    },
    wait: (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          seen.aborted++;
          reject(signal.reason as Error);
        });
      }),
    lie: async () => ({ n: JSON.parse('"text"') as number }),
    async *count({ to }, { signal }) {
      signal.addEventListener('abort', () => seen.aborted++);
      for (let i = 0; i < Math.abs(to); i++) yield { i };
      if (to < 0) throw new WindlassError({ code: 'X_LATE', kind: 'Conflict', message: 'It failed late.' });
      if (to > 1000) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
}

type Target = { readonly client: ClientOf<typeof contract> } & AsyncDisposable;
const token = new Secret('a-token-for-tests');

const transports: Readonly<Record<string, (seen: Seen) => Promise<Target>>> = {
  'in process': async (seen) => ({
    client: connectInProcess(contract, createHandlers(seen), { clock: systemClock }),
    [Symbol.asyncDispose]: async () => undefined,
  }),
  'http on a port': (seen) => startHttp(seen, () => ({ port: 0 })),
  'http on a socket': (seen) => startHttp(seen, (dir) => ({ socket: join(dir, 'rpc.sock') })),
};

async function startHttp(seen: Seen, where: (dir: string) => { port: number } | { socket: string }): Promise<Target> {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir());
  const options = { clock: systemClock, log: silentLogger, token, listen: where(dir.path) };
  const server = stack.use(await serveHttp(contract, createHandlers(seen), options));
  const { client } = stack.use(connectHttp(contract, { address: server.address, token, clock: systemClock }));
  return { client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

describe.each(Object.entries(transports))('a contract %s', (_name, start) => {
  it('answers, and keeps every digit', async () => {
    await using target = await start({ aborted: 0 });
    expect(await target.client.double({ n: 21 })).toEqual({ n: 42 });
    const value = { big: 12345678901234567890n, text: 'ü\n', list: [1, null] };
    expect(await target.client.echo({ value })).toEqual({ value });
  });

  it('gives errors as they were thrown', async () => {
    await using target = await start({ aborted: 0 });
    const error = await target.client.fail({}).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WindlassError);
    expect((error as WindlassError).toJSON()).toEqual({
      code: 'X_BROKEN',
      kind: 'NotFound',
      message: 'It is not there.',
      hint: 'Look again.',
      retry: 'never',
      at: { file: 'a', line: 3 },
    });
  });

  it('refuses messages that do not fit the schema, in both directions', async () => {
    await using target = await start({ aborted: 0 });
    await expect(target.client.double({ n: JSON.parse('"x"') as number })).rejects.toMatchObject({
      code: 'RPC_MESSAGE_INVALID',
    });
    await expect(target.client.double({ n: 1, helmCommand: 'sh' } as { n: number })).rejects.toMatchObject({
      code: 'RPC_MESSAGE_INVALID',
    });
    await expect(target.client.lie({})).rejects.toMatchObject({ code: 'RPC_MESSAGE_INVALID' });
  });

  it('stops the work at the deadline and when the caller goes away', async () => {
    const seen = { aborted: 0 };
    await using target = await start(seen);
    await expect(target.client.wait({}, { deadlineMs: 30 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await eventually(() => seen.aborted === 1);
    const controller = new AbortController();
    const call = target.client.wait({}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await eventually(() => seen.aborted === 2);
  });

  it('streams items, the end, and a failure in the middle', async () => {
    await using target = await start({ aborted: 0 });
    const items: number[] = [];
    for await (const { i } of target.client.count({ to: 3 })) items.push(i);
    expect(items).toEqual([0, 1, 2]);
    const failing = async () => {
      for await (const { i } of target.client.count({ to: -2 })) items.push(i);
    };
    await expect(failing()).rejects.toMatchObject({ code: 'X_LATE' });
    expect(items).toEqual([0, 1, 2, 0, 1]);
  });

  it('tells the stream that nobody listens any more', async () => {
    const seen = { aborted: 0 };
    await using target = await start(seen);
    for await (const { i } of target.client.count({ to: 2000 })) if (i === 1) break;
    await eventually(() => seen.aborted > 0);
  });
});

describe('serveHttp', () => {
  it('tells a caller without the token nothing', async () => {
    const options = { clock: systemClock, log: silentLogger, token, listen: { port: 0 } };
    await using server = await serveHttp(contract, createHandlers({ aborted: 0 }), options);
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const response = await fetch(`${server.address}/test/double`, { method: 'POST', body: '{"n":1}', headers });
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain('double');
    }
    await using other = connectHttp(contract, { address: server.address, token: new Secret('x'), clock: systemClock });
    await expect(other.client.double({ n: 1 })).rejects.toMatchObject({ code: 'RPC_UNAUTHENTICATED' });
  });
});
