import { describe, expect, test } from 'vitest';
import { Collection } from './collection.ts';
import { Entry } from './entry.ts';

function entry(key: string, revision: number): Entry {
  const [namespace = '', name = ''] = key.split('/');
  return new Entry(key, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } }, revision);
}

function filled(): Collection {
  const collection = new Collection('configmaps', 0);
  for (const [index, key] of ['b/1', 'a/2', 'a/1', 'a-b/1'].entries()) {
    collection.apply({ type: 'ADDED', revision: index + 1, entry: entry(key, index + 1), previous: undefined });
  }
  return collection;
}

const keysOf = (entries: Iterable<Entry>) => Array.from(entries, ({ key }) => key);

describe('Collection', () => {
  test('ranges over one namespace in key order', () => {
    expect(keysOf(filled().range('a'))).toEqual(['a/1', 'a/2']);
    expect(keysOf(filled().range(undefined))).toEqual(['a-b/1', 'a/1', 'a/2', 'b/1']);
  });

  test('goes on from a key', () => {
    expect(keysOf(filled().range('a', 'a/1\0'))).toEqual(['a/2']);
  });

  test('shows the past: what was added since is not there, what was removed is', () => {
    const collection = filled();
    const removed = collection.get('a/2');
    collection.apply({ type: 'DELETED', revision: 5, entry: entry('a/2', 5), previous: removed });
    expect(keysOf(collection.rangeAt(3, 'a'))).toEqual(['a/1', 'a/2']);
    expect(keysOf(collection.rangeAt(1, undefined))).toEqual(['b/1']);
    expect(keysOf(collection.rangeAt(5, 'a'))).toEqual(['a/1']);
  });

  test('answers 410 for what was compacted', () => {
    const collection = filled();
    collection.compact(2);
    expect(collection.changesSince(2).map(({ revision }) => revision)).toEqual([3, 4]);
    expect(() => collection.changesSince(1)).toThrow(/too old resource version: 1/);
    expect(() => collection.rangeAt(1, undefined)).toThrow(/too old/);
  });
});
