import { expect, test } from 'vitest';
import { deploymentSchema } from '../schema/testdata/deployment-schema.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const schema = deploymentSchema();

function pod(spec: Record<string, unknown>) {
  return { spec: { template: { spec } } };
}

const live = pod({
  containers: [
    { name: 'a', image: 'a:1' },
    { name: 'b', image: 'b:1', args: ['x'] },
  ],
  nodeSelector: { zone: 'z' },
  volumes: [{ name: 'v', configMap: { name: 'c' } }],
});

// What a Kubernetes 1.36 API server made of the same patches.
test.each([
  [
    { containers: [{ name: 'b', image: 'b:2' }] },
    {
      containers: [
        { name: 'a', image: 'a:1' },
        { name: 'b', image: 'b:2', args: ['x'] },
      ],
    },
  ],
  [
    { containers: [{ name: 'c', image: 'c' }] },
    {
      containers: [
        { name: 'c', image: 'c' },
        { name: 'a', image: 'a:1' },
        { name: 'b', image: 'b:1', args: ['x'] },
      ],
    },
  ],
  [{ containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [{ name: 'b', image: 'b:1', args: ['x'] }] }],
  [{ containers: [{ $patch: 'replace' }, { name: 'c' }] }, { containers: [{ name: 'c' }] }],
  [
    { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
    {
      containers: [
        { name: 'b', image: 'b:1', args: ['x'] },
        { name: 'a', image: 'a:1' },
      ],
    },
  ],
  [
    { containers: [{ name: 'b', args: ['y'] }] },
    {
      containers: [
        { name: 'a', image: 'a:1' },
        { name: 'b', image: 'b:1', args: ['y'] },
      ],
    },
  ],
  [{ nodeSelector: { zone: null, x: 'y' } }, { nodeSelector: { x: 'y' } }],
  [{ nodeSelector: { $patch: 'replace', q: 'r' } }, { nodeSelector: { q: 'r' } }],
  [{ nodeSelector: null }, { nodeSelector: undefined }],
  [
    { volumes: [{ name: 'v', $retainKeys: ['name', 'emptyDir'], emptyDir: {} }] },
    { volumes: [{ name: 'v', emptyDir: {} }] },
  ],
])('%j', (patch, expected) => {
  const before = JSON.stringify(live);
  expect(applyStrategicMergePatch(live, pod(patch), schema)).toEqual(pod({ ...live.spec.template.spec, ...expected }));
  expect(JSON.stringify(live)).toBe(before);
});

test('sets of texts are added to and deleted from', () => {
  const object = { metadata: { finalizers: ['a', 'b'] } };
  expect(applyStrategicMergePatch(object, { metadata: { finalizers: ['c'] } }, schema)).toEqual({
    metadata: { finalizers: ['c', 'a', 'b'] },
  });
  expect(
    applyStrategicMergePatch(object, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }, schema),
  ).toEqual({ metadata: { finalizers: ['b'] } });
});

test('items without their key and unknown directives are refused', () => {
  expect(() => applyStrategicMergePatch(live, pod({ containers: [{ image: 'x' }] }), schema)).toThrow(
    'does not contain declared merge key: name',
  );
  expect(() => applyStrategicMergePatch(live, pod({ $patch: 'bogus' }), schema)).toThrow('unknown patch type');
});
