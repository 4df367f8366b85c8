import { describe, expect, test } from 'vitest';
import { applyDefaults } from './apply-defaults.ts';
import { builtinDefaults } from './builtin-defaults.ts';
import { toCompiledForm, zeroObject } from './compiled-form.ts';
import { pruneUnknown, unknownFields } from './prune-unknown.ts';
import { fieldSchema } from './schema.ts';
import { schemaFromCrd } from './schema-from-crd.ts';
import { schemaFromOpenApi } from './schema-from-openapi.ts';
import { deploymentKind, deploymentSchema } from './testdata/deployment-schema.ts';
import { validateSchema } from './validate-schema.ts';

const crd = schemaFromCrd({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1 },
        mode: { type: 'string', default: 'slow' },
        note: { type: 'string' },
        maybe: { type: 'string', nullable: true },
        items: { type: 'array', items: { type: 'object', properties: { unit: { type: 'string', default: 'piece' } } } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
});

function custom(spec: Record<string, unknown>) {
  return { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec };
}

describe('custom resources', () => {
  test('applyDefaults fills, replaces and drops nulls by the structural rules', () => {
    const object = custom({ size: 1, mode: null, note: null, maybe: null, items: [{}, { unit: 'kg' }] });
    expect(applyDefaults(crd, object)).toEqual(
      custom({ size: 1, mode: 'slow', maybe: null, items: [{ unit: 'piece' }, { unit: 'kg' }] }),
    );
    const complete = custom({ size: 1, mode: 'fast' });
    expect(applyDefaults(crd, complete)).toBe(complete);
  });

  test('pruneUnknown drops what is not declared and keeps what is free', () => {
    const object = { ...custom({ size: 1, odd: 1, free: { x: { y: 1 } }, items: [{ z: 1 }] }), more: 1 };
    const { object: pruned, pruned: paths } = pruneUnknown(crd, object);
    expect(pruned).toEqual(custom({ size: 1, free: { x: { y: 1 } }, items: [{}] }));
    expect(paths).toEqual(['spec.odd', 'spec.items[0].z', 'more']);
    expect(unknownFields(crd, object)).toEqual([
      'unknown field "more"',
      'unknown field "spec.items[0].z"',
      'unknown field "spec.odd"',
    ]);
  });

  test('validateSchema speaks as the server does', () => {
    expect(validateSchema(crd, custom({ note: 1 }))).toEqual([
      { reason: 'FieldValueRequired', field: 'spec.size', message: 'Required value' },
      {
        reason: 'FieldValueTypeInvalid',
        field: 'spec.note',
        message: 'Invalid value: "integer": spec.note in body must be of type string: "integer"',
      },
    ]);
  });
});

describe('compiled types', () => {
  const schema = deploymentSchema();

  test('zeroObject is what a server holds before anybody set anything', () => {
    expect(zeroObject(schema)).toMatchObject({
      metadata: {},
      spec: { selector: null, strategy: {}, template: { metadata: {}, spec: { containers: null } } },
    });
  });

  test('toCompiledForm keeps what a pointer holds and drops what a value omits', () => {
    const spec = {
      replicas: 0,
      paused: false,
      minReadySeconds: 0,
      strategy: {},
      selector: {},
      odd: 1,
      template: { spec: { containers: [] } },
    };
    expect(toCompiledForm(schema, { spec })).toMatchObject({ spec: { replicas: 0, strategy: {}, selector: {} } });
    expect(Object.keys(toCompiledForm(schema, { spec }).spec)).not.toEqual(expect.arrayContaining(['paused']));
  });

  test('builtinDefaults leaves an object that is complete as it is', () => {
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } },
    };
    const filled = builtinDefaults(deploymentKind, object);
    expect(filled).toMatchObject({
      spec: {
        replicas: 1,
        template: { spec: { dnsPolicy: 'ClusterFirst', containers: [{ imagePullPolicy: 'Always' }] } },
      },
    });
    expect(builtinDefaults(deploymentKind, filled)).toBe(filled);
  });

  test('lists have the keys of the server', () => {
    const template = fieldSchema(fieldSchema(schema, 'spec') ?? {}, 'template');
    const containers = template?.properties?.['spec']?.properties?.['containers'];
    expect(containers).toMatchObject({ listType: 'map', listMapKeys: ['name'] });
    expect(containers?.items?.properties?.['ports']).toMatchObject({ listMapKeys: ['containerPort', 'protocol'] });
  });
});

test('schemaFromOpenApi follows types that hold themselves', () => {
  const node = {
    type: 'object',
    properties: {
      child: { $ref: '#/components/schemas/Node' },
      named: { default: {}, allOf: [{ $ref: '#/components/schemas/Node' }] },
    },
  };
  const gvk = { group: 'example.com', version: 'v1', kind: 'Tree' };
  const tree = {
    type: 'object',
    properties: { root: { $ref: '#/components/schemas/Node' } },
    'x-kubernetes-group-version-kind': [gvk],
  };
  const schema = schemaFromOpenApi({ components: { schemas: { Node: node, 'com.example.v1.Tree': tree } } }, gvk);
  const root = schema?.properties?.['root'];
  expect(root?.properties?.['child']?.properties?.['named']?.properties?.['child']?.type).toBe('object');
  expect(schema?.compiled).toBe(false);
  expect(schemaFromOpenApi({}, gvk)).toBeUndefined();
});
