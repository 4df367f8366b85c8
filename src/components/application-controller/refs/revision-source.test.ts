import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#base/clock';
import { WindlassError } from '#base/errors';
import { silentLogger } from '#base/log';
import type { ResolveRevisionsRequest } from '#core/contracts';
import { decidePoll } from './poll-schedule.ts';
import { RevisionSource } from './revision-source.ts';

const repoUrl = 'https://git.example.com/apps.git';
const follows = (targetRevision: string) => [{ repoUrl, query: { targetRevision } }];

function start(intervalMs?: number) {
  const clock = new VirtualClock();
  const requests: ResolveRevisionsRequest[] = [];
  const heads: Record<string, string> = { main: 'a1', next: 'b1' };
  const news: string[][] = [];
  const state = { isDown: false };
  const source = new RevisionSource({
    repoServer: {
      resolveRevisions: (request) => {
        requests.push(request);
        if (state.isDown) {
          return Promise.reject(new WindlassError({ code: 'GIT_UNREACHABLE', kind: 'Unavailable', message: 'down' }));
        }
        const revisions = request.revisions.map(({ targetRevision }) => ({
          revision: heads[targetRevision] ?? targetRevision,
        }));
        return Promise.resolve({ revisions });
      },
    },
    clock,
    log: silentLogger,
    policy: () => ({ intervalMs, jitterMs: 0 }),
    access: (url) => ({ url, type: 'git' }),
    news: (users) => news.push([...users]),
  });
  return { clock, requests, heads, news, state, source };
}

describe('RevisionSource', () => {
  it('asks a repository once for all applications and tells only those whose revision moved', async () => {
    const { clock, requests, heads, news, source } = start();
    for (const user of ['one', 'two']) source.follow(user, 'default', follows('main'));
    source.follow('three', 'default', follows('next'));
    const answers = await Promise.all(['one', 'two', 'three'].map((user) => source.resolve(user, { refresh: false })));
    expect(answers).toEqual([[{ revision: 'a1' }], [{ revision: 'a1' }], [{ revision: 'b1' }]]);
    expect(requests).toHaveLength(1);
    heads['main'] = 'a2';
    await clock.advance(6000);
    expect(news).toEqual([['one', 'two']]);
    expect(await source.resolve('one', { refresh: false })).toEqual([{ revision: 'a2' }]);
    expect(requests).toHaveLength(2);
  });

  it('polls ever more rarely without news, and never for commits', async () => {
    const { clock, requests, source } = start();
    source.follow('one', 'default', follows('main'));
    await source.resolve('one', { refresh: false });
    await clock.advance(60 * 60_000);
    expect(requests.length).toBeGreaterThan(60);
    expect(requests.length).toBeLessThan(120);
    const pinned = start();
    pinned.source.follow('one', 'default', follows('0123456789012345678901234567890123456789'));
    await pinned.source.resolve('one', { refresh: false });
    await pinned.clock.advance(10 * 60_000);
    expect(pinned.requests).toHaveLength(1);
  });

  it('keeps a failure until the repository answers again, and tells of both', async () => {
    const { clock, news, state, source } = start(30_000);
    source.follow('one', 'default', follows('main'));
    await source.resolve('one', { refresh: false });
    state.isDown = true;
    await clock.advance(31_000);
    expect(await source.resolve('one', { refresh: false })).toMatchObject([{ error: { code: 'GIT_UNREACHABLE' } }]);
    state.isDown = false;
    await clock.advance(31_000);
    expect(await source.resolve('one', { refresh: false })).toEqual([{ revision: 'a1' }]);
    expect(news).toEqual([['one'], ['one']]);
  });

  it('shares one question among many that ask at the same time', async () => {
    const { requests, source } = start();
    for (let n = 0; n < 50; n++) source.follow(`app-${n}`, 'default', follows('main'));
    await Promise.all(Array.from({ length: 50 }, (_, n) => source.resolve(`app-${n}`, { refresh: true })));
    expect(requests.length).toBeLessThanOrEqual(2);
  });

  it('stops when nobody follows any more', async () => {
    const { clock, requests, source } = start();
    source.follow('one', 'default', follows('main'));
    await source.resolve('one', { refresh: false });
    source.forget('one');
    await clock.advance(600_000);
    expect(requests).toHaveLength(1);
  });
});

describe('decidePoll', () => {
  it('keeps to a configured interval with its jitter', () => {
    expect(decidePoll({ intervalMs: 120_000, jitterMs: 60_000 }, undefined, 'no-news', 0.5)).toEqual({
      intervalMs: 120_000,
      delayMs: 150_000,
    });
    expect(decidePoll({ intervalMs: 0, jitterMs: 0 }, undefined, 'news', 0.5).delayMs).toBeUndefined();
  });
});
