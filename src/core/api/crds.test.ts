import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { getPath } from '#base/json';
import { buildCrds } from './crds.ts';

const data = process.env['WINDLASS_TEST_DATA'];

describe('buildCrds', () => {
  it('generates one definition per kind with a structural schema', () => {
    const crds = buildCrds();
    expect(crds.map((crd) => crd.metadata.name)).toEqual([
      'applications.argoproj.io',
      'appprojects.argoproj.io',
      'applicationsets.argoproj.io',
    ]);
    for (const crd of crds)
      expect(getPath(crd, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'type')).toBe('object');
  });

  it.skipIf(!data)("equals Argo CD's structural schemas (skipped without WINDLASS_TEST_DATA)", () => {
    for (const crd of buildCrds()) {
      const kind = String(getPath(crd, 'spec', 'names', 'kind'));
      const wanted = JSON.parse(
        readFileSync(join(String(data), 'argocd-surface', `crd-${kind}.json`), 'utf8'),
      ) as unknown;
      const { names, scope, versions } = crd['spec'] as Record<string, unknown>;
      expect(sortRequired({ names, scope, versions })).toEqual(sortRequired(wanted));
    }
  });
});

/** `required` is a set: its order says nothing. */
function sortRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortRequired);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === 'required' && Array.isArray(child) ? [...(child as string[])].sort() : sortRequired(child),
    ]),
  );
}
