import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#libs/kube';
import { findPaths } from './find-paths.ts';
import { everyItem } from './ignore-rule.ts';
import { parseJsonPointer } from './parse-json-pointer.ts';
import { parsePathExpression } from './parse-path-expression.ts';
import { prepareIgnoreRules } from './prepare-ignore-rules.ts';
import { respectIgnoreDifferences } from './respect-ignore-differences.ts';
import { withoutPaths } from './without-paths.ts';

describe('parsePathExpression', () => {
  it.each([
    ['.spec.replicas', ['spec', 'replicas']],
    ['.spec.template.spec.containers[].image', ['spec', 'template', 'spec', 'containers', everyItem, 'image']],
    ['.metadata.annotations["a/b"]', ['metadata', 'annotations', 'a/b']],
    ['.metadata.labels."a-b"', ['metadata', 'labels', 'a-b']],
    ['.webhooks[0].clientConfig?.caBundle', ['webhooks', 0, 'clientConfig', 'caBundle']],
    ['.webhooks[]?.clientConfig.caBundle', ['webhooks', everyItem, 'clientConfig', 'caBundle']],
    ['.spec | .a', ['spec', 'a']],
    [
      '.spec.containers[] | select(.name == "c") | .image',
      ['spec', 'containers', everyItem, { path: ['name'], equals: 'c', isNegated: false }, 'image'],
    ],
    ['.a[] | select(.b.c != 1).d', ['a', everyItem, { path: ['b', 'c'], equals: 1, isNegated: true }, 'd']],
  ])('reads %s', (expression, pattern) => {
    expect(parsePathExpression(expression)).toEqual(pattern);
  });

  it.each([
    '.',
    '',
    'spec',
    '.a, .b',
    '.a[1:2]',
    '.a | select(.b | test("x"))',
    'paths',
    '.a."x\\(1)"',
    '.a |',
    '..',
    '.a[.b]',
  ])('leaves %j to jq', (expression) => {
    expect(parsePathExpression(expression)).toBeUndefined();
  });
});

describe('parseJsonPointer', () => {
  it('unescapes ~1 and ~0, and refuses what is no pointer', () => {
    expect(parseJsonPointer('/metadata/annotations/a~1b~0c')).toEqual(['metadata', 'annotations', 'a/b~c']);
    expect(parseJsonPointer('spec/replicas')).toBeUndefined();
    expect(parseJsonPointer('/a~2')).toBeUndefined();
  });
});

describe('findPaths and withoutPaths', () => {
  const value = {
    a: [
      { n: 'x', i: 1 },
      { n: 'y', i: 2 },
    ],
    m: { p: 1, q: 2 },
  };

  it('delete what a pattern names, and nothing when it names nothing', () => {
    const strip = (expression: string) => withoutPaths(value, findPaths(value, parsePathExpression(expression) ?? []));
    expect(strip('.a[].i')).toEqual({ a: [{ n: 'x' }, { n: 'y' }], m: { p: 1, q: 2 } });
    expect(strip('.a[] | select(.n == "y")')).toEqual({ a: [{ n: 'x', i: 1 }], m: { p: 1, q: 2 } });
    expect(strip('.a[-1].n')).toEqual({ a: [{ n: 'x', i: 1 }, { i: 2 }], m: { p: 1, q: 2 } });
    expect(strip('.m[]')).toEqual({ a: value.a, m: {} });
    expect(strip('.nope.nope')).toBe(value);
  });

  it('delete several items of a list at once', () => {
    expect(withoutPaths([1, 2, 3, 4], [[0], [2]])).toEqual([2, 4]);
  });

  it('never change their input', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.constantFrom('.a', '.a[]', '.[]', '.b.a')), (json, expressions) => {
        const before = JSON.stringify(json);
        withoutPaths(
          json,
          expressions.flatMap((expression) => findPaths(json, parsePathExpression(expression) ?? [])),
        );
        expect(JSON.stringify(json)).toBe(before);
      }),
    );
  });
});

const deployment: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'n' } };

describe('prepareIgnoreRules', () => {
  it('matches by group, kind, name and namespace, with globs', () => {
    const patterns = (rule: object) =>
      prepareIgnoreRules([{ kind: 'Deployment', jsonPointers: ['/x'], ...rule }], { ignoreStatus: 'none' }).forObject(
        deployment,
      ).patterns.length;
    expect(patterns({ group: 'apps' })).toBe(1);
    expect(patterns({})).toBe(0);
    expect(patterns({ group: '*', kind: '*' })).toBe(1);
    expect(patterns({ group: 'apps', name: 'other' })).toBe(0);
    expect(patterns({ group: 'apps', name: 'd', namespace: 'n' })).toBe(1);
  });

  it('says which expressions need jq, and which pointers are broken', () => {
    const rules = prepareIgnoreRules([
      { kind: 'Deployment', group: 'apps', jqPathExpressions: ['.a', '.a | paths'], jsonPointers: ['x'] },
    ]);
    expect(rules.forObject(deployment).jq).toEqual(['.a | paths']);
    expect(rules.problems).toHaveLength(1);
  });

  it('has an epoch that changes with the rules only', () => {
    const rule = { kind: 'X', jsonPointers: ['/a'] };
    expect(prepareIgnoreRules([rule]).epoch).toBe(prepareIgnoreRules([{ ...rule }]).epoch);
    expect(prepareIgnoreRules([rule]).epoch).not.toBe(prepareIgnoreRules([]).epoch);
  });
});

describe('respectIgnoreDifferences', () => {
  const withImages = (...images: [string, string][]): KubeObject => ({
    ...deployment,
    spec: { replicas: images.length, containers: images.map(([name, image]) => ({ name, image })) },
  });
  const respect = (expression: string, desired: KubeObject, live: KubeObject) =>
    respectIgnoreDifferences(desired, live, { patterns: [parsePathExpression(expression) ?? []] })['spec'];

  it('pairs items by name and leaves others alone', () => {
    const desired = withImages(['a', 'a:1'], ['b', 'b:1'], ['new', 'n:1']);
    const live = withImages(['b', 'b:9'], ['a', 'a:9']);
    expect(respect('.spec.containers[] | select(.name == "a") | .image', desired, live)).toEqual({
      replicas: 3,
      containers: [
        { name: 'a', image: 'a:9' },
        { name: 'b', image: 'b:1' },
        { name: 'new', image: 'n:1' },
      ],
    });
    expect(respect('.spec.replicas', desired, live)).toMatchObject({ replicas: 2 });
  });

  it('drops a field that live does not hold', () => {
    expect(respect('.spec.replicas', withImages(), { ...deployment, spec: {} })).toEqual({ containers: [] });
  });
});
