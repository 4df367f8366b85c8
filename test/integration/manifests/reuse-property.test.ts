import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOnPath } from '#base/program';
import { startRenderRig } from './render-rig.ts';
import type { RenderRig } from './render-rig.ts';
import { findRealSources, readDataFiles, testData } from './real-sources.ts';

const jsonnet = await findOnPath(['jsonnet', 'go-jsonnet']);
const sources = testData ? (await findRealSources()).filter(({ hasJsonnet }) => !hasJsonnet || jsonnet) : [];
const runs = Number(process.env['WINDLASS_PROPERTY_RUNS'] ?? 6);

/** How a file changes: new text at its end, gone, or a sibling that was not there. */
const change = fc.constantFrom('append', 'remove', 'add-yaml', 'add-values', 'add-kustomization');

describe.skipIf(!testData)('reuse over changes of real repositories (WINDLASS_TEST_DATA)', () => {
  let rig: RenderRig;
  let files: Record<string, Buffer>;
  beforeAll(async () => {
    files = await readDataFiles();
    rig = await startRenderRig(files);
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  it('equals a fresh render for every application, whatever changed', async () => {
    const paths = Object.keys(files);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(paths.length - 1), change), { minLength: 1, maxLength: 5 }),
        async (changes) => {
          const mutation = Object.fromEntries(
            changes.map(([index, kind]) => mutate(paths[index] as string, kind, files)),
          );
          await rig.repository.commit(mutation);
          for (const { path } of sources) {
            const source = { path };
            const reused = await outcome(() => rig.render(source));
            // Names of podinfo's test Pods are random, so that two renders never agree.
            if (path.includes('charts/podinfo')) continue;
            if (reused.rendered === true) continue;
            const fresh = await outcome(() => rig.render(source, { noCache: true }));
            expect({ path, ...reused, rendered: undefined }).toEqual({ path, ...fresh, rendered: undefined });
          }
          await rig.repository.commit(
            Object.fromEntries(Object.keys(mutation).map((path) => [path, files[path] ?? null])),
          );
        },
      ),
      { numRuns: runs },
    );
  }, 900_000);
});

async function outcome(
  render: () => ReturnType<RenderRig['render']>,
): Promise<{ key?: string; digest?: string; rendered?: boolean; error?: string }> {
  try {
    const { key, digest, rendered } = await render();
    return { key, digest, rendered };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function mutate(path: string, kind: string, files: Readonly<Record<string, Buffer>>): [string, string | Buffer | null] {
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (kind === 'remove') return [path, null];
  if (kind === 'add-yaml')
    return [`${folder}/added.yaml`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: added}\n'];
  if (kind === 'add-values') return [`${folder}/values.yaml`, 'added: true\n'];
  if (kind === 'add-kustomization') return [`${folder}/kustomization.yaml`, 'resources: []\n'];
  return [path, Buffer.concat([files[path] as Buffer, Buffer.from('\n# changed\n')])];
}
