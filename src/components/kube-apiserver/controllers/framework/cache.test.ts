import { describe, expect, it } from 'vitest';
import type { LiveObject } from '../kinds/live-object.ts';
import type { Change } from './cache.ts';
import { Cache } from './cache.ts';

function object(name: string, version: number, extra: Partial<LiveObject['metadata']> = {}): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, resourceVersion: String(version), ...extra },
  };
}

describe('Cache', () => {
  it('lets the newer version win, whoever brings it', () => {
    const cache = new Cache();
    cache.observe('ADDED', object('a', 5));
    cache.wrote(object('a', 9));
    cache.observe('MODIFIED', object('a', 7));
    expect(cache.get('default', 'a')?.metadata.resourceVersion).toBe('9');
  });

  it('shows a created object at once and tells its handlers once', () => {
    const cache = new Cache();
    const changes: Change<LiveObject>[] = [];
    cache.onChange((change) => changes.push(change));
    cache.wrote(object('a', 5));
    cache.observe('ADDED', object('a', 5));
    expect(changes).toHaveLength(1);
  });

  it('does not bring back what the watch has already seen deleted', () => {
    const cache = new Cache();
    cache.observe('ADDED', object('a', 5));
    cache.observe('DELETED', object('a', 8));
    cache.wrote(object('a', 6));
    expect(cache.size).toBe(0);
  });

  it('does not bring back what the server said is gone when older events follow', () => {
    const cache = new Cache();
    cache.observe('ADDED', object('a', 5));
    cache.removed(object('a', 5));
    cache.observe('MODIFIED', object('a', 6));
    expect(cache.size).toBe(0);
    cache.observe('DELETED', object('a', 7));
    cache.observe('ADDED', object('a', 9, { uid: 'another' }));
    expect(cache.byUid('another')).toBeDefined();
  });

  it('keeps indexes of owners current', () => {
    const cache = new Cache();
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'owner', controller: true };
    cache.observe('ADDED', object('a', 1, { ownerReferences: [owner] }));
    expect(cache.byIndex('controller', 'owner')).toHaveLength(1);
    cache.observe('MODIFIED', object('a', 2));
    expect(cache.byIndex('controller', 'owner')).toHaveLength(0);
  });

  it('replaces an object by another of the same name', () => {
    const cache = new Cache();
    const seen: [string | undefined, string | undefined][] = [];
    cache.observe('ADDED', object('a', 1));
    cache.onChange(({ before, after }) => seen.push([before?.metadata.uid, after?.metadata.uid]));
    cache.observe('ADDED', object('a', 4, { uid: 'second' }));
    expect(seen.slice(1)).toEqual([
      ['uid-a', undefined],
      [undefined, 'second'],
    ]);
  });
});
