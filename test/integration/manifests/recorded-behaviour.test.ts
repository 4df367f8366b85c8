import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationSource } from '#core/api';
import { namesOf, startRenderRig } from './render-rig.ts';
import type { RenderRig } from './render-rig.ts';
import { testData } from './real-sources.ts';

interface RecordedCase {
  readonly files: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly source?: Partial<ApplicationSource> | null;
    readonly sources?: Partial<ApplicationSource>[];
  };
  readonly answers: {
    readonly one: {
      readonly resources: readonly string[];
      readonly messages: readonly string[];
      readonly sourceType?: string | string[];
    };
  };
}

const cases: [string, RecordedCase][] = testData ? Object.entries(await readCases()) : [];

async function readCases(): Promise<Record<string, RecordedCase>> {
  const text = await readFile(join(testData, 'argocd-recorded/behaviour.json'), 'utf8');
  return (JSON.parse(text) as { cases: Record<string, RecordedCase> }).cases;
}

/** What of a recorded message a user would search for. */
const recognisable: Readonly<Record<string, string>> = {
  'missing-path': 'failed to generate manifest for source 1 of 1: missing-path/nope: app path does not exist',
  'helm-missing-values': 'open helm-missing-values/nope.yaml: no such file or directory',
};

/**
 * Differs on purpose: `name: n` is a boolean to Kubernetes. Argo CD goes on with an object without name and fails while it
 * syncs; here the render fails, and names file and line.
 */
const strictOnPurpose = new Set(['unknown-kind']);

describe.skipIf(!testData)('what Argo CD answered (WINDLASS_TEST_DATA)', () => {
  let rig: RenderRig;
  beforeAll(async () => {
    const files = cases.flatMap(([name, { files: own }]) =>
      Object.entries(own).map(([path, text]) => [`${name}/${path}`, text]),
    );
    rig = await startRenderRig(Object.fromEntries(files) as Record<string, string>);
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  // A revision that is not there is for resolveRevisions.
  it.each(cases.filter(([name]) => name !== 'unknown-revision'))(
    '%s: the same objects come out',
    async (name, { spec, answers }) => {
      const sources = (spec?.sources ?? [{ path: name, ...spec?.source }]).map((source) => ({
        ...source,
        repoURL: rig.url,
      }));
      const rendered = await rig
        .render(sources, { appName: `p-${name}`, namespace: `parity-${name}` })
        .catch((error: Error) => error);
      const { resources, messages, sourceType } = answers.one;
      const message = recognisable[name];
      if (message !== undefined) {
        expect(messages[0]).toContain(message.split(': ').at(-1));
        expect(rendered).toMatchObject({ message: expect.stringContaining(message) });
        return;
      }
      if (strictOnPurpose.has(name)) {
        expect(rendered).toMatchObject({
          code: 'MANIFEST_INVALID',
          message: expect.stringContaining('must be a string, not false'),
        });
        return;
      }
      if (rendered instanceof Error) throw rendered;
      const names = namesOf(rendered.objects).map((one) => one.replace('/', ' '));
      const expected = resources
        .filter((one) => !one.includes('true'))
        .map((one) => one.split(' ').slice(0, 2).join(' '));
      // Hooks and the namespace that a sync makes are no resources of the application.
      for (const one of expected) expect(names).toContain(one);
      if (sourceType !== undefined) expect(rendered.sourceTypes).toEqual([sourceType].flat());
    },
  );
});
