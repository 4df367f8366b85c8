import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applicationType } from '#core/api';
import { kubebuilderAssets } from '#harness';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { controlNamespace, startCliRig } from './cli-rig.ts';
import type { CliRig } from './cli-rig.ts';
import { historyEntry, makeRecordedState, recordedFiles, resultRow, workloadResources } from './recorded-state.ts';
import { startStandInController } from './stand-in-controller.ts';

interface Recorded {
  readonly args: string;
  readonly code: number;
  readonly out: string | boolean;
  readonly err: string;
}

type Coverage = 'same' | { readonly code: string } | { readonly 'left-out': string };

const dataDir = process.env['WINDLASS_TEST_DATA'];
const recorded: Readonly<Record<string, Recorded>> =
  dataDir === undefined
    ? {}
    : (JSON.parse(readFileSync(join(dataDir, 'argocd-recorded/cli.json'), 'utf8')) as Record<string, Recorded>);
const coverageFile = fileURLToPath(new URL('recorded-coverage.yaml', import.meta.url));
const coverage = parseYamlDocuments(readFileSync(coverageFile, 'utf8'))[0]?.value as Record<string, Coverage>;

describe.skipIf(dataDir === undefined)('recorded outputs of Argo CD (needs WINDLASS_TEST_DATA)', () => {
  it('each has its place in the table', () => {
    expect(Object.keys(coverage).toSorted()).toEqual(Object.keys(recorded).toSorted());
  });

  describe.skipIf(kubebuilderAssets === undefined)('replayed as argocd (needs KUBEBUILDER_ASSETS)', () => {
    let rig: CliRig;
    let sha: string;
    let controller: AsyncDisposable;

    beforeAll(async () => {
      rig = await startCliRig({});
      sha = await rig.commit(recordedFiles);
      await makeRecordedState(rig, sha);
      controller = startStandInController({
        client: rig.client,
        revision: () => sha,
        results: resultsOf,
        deletes: true,
      });
    });

    afterAll(async () => {
      await controller?.[Symbol.asyncDispose]();
      await rig?.[Symbol.asyncDispose]();
    });

    const setStatus = (name: string, status: object) =>
      rig.client.patch(applicationType, name, { status }, { type: 'merge', namespace: controlNamespace });

    /** What happened between two recorded commands. */
    const before: Readonly<Record<string, () => Promise<unknown>>> = {
      'app-history-one': () => setStatus('cli-one', deployedOnce(sha, rig.url)),
      'repo-list2': () => rig.run(['repo', 'add', rig.url], { program: 'argocd' }),
    };

    it.each(
      Object.entries(recorded).filter(([name]) => coverage[name] === 'same' || 'code' in (coverage[name] as object)),
    )('%s', async (name, { args, code, out, err }) => {
      await before[name]?.();
      const ran = await rig.run(wordsOf(args.replaceAll('%URL', rig.url)), { program: 'argocd' });
      expect({ code: ran.code, stderr: ran.code === 0 ? ran.stderr : '' }).toEqual({ code, stderr: '' });
      if (coverage[name] === 'same')
        expect({ out: normalize(ran.stdout), err: normalize(ran.stderr) }).toEqual({
          out: normalize(String(out)),
          err,
        });
    });
  });
});

/** The rows that Argo CD's controller reported. */
function resultsOf({ metadata }: { readonly metadata: { readonly name?: string } }) {
  const name = metadata.name ?? '';
  if (name !== 'cli-one') {
    const namespace = name.replace(/^p-/, 'parity-');
    return [
      resultRow('Namespace', '', namespace, `namespace/${namespace} created`),
      resultRow('ConfigMap', namespace, 'a', 'configmap/a created'),
    ];
  }
  return [
    resultRow('ConfigMap', 'cli-one', 'a', 'configmap/a unchanged'),
    resultRow('Deployment', 'cli-one', 'd', 'deployment.apps/d unchanged'),
  ];
}

function deployedOnce(sha: string, url: string) {
  return {
    sync: { status: 'Synced', revision: sha },
    health: { status: 'Healthy' },
    history: [historyEntry(0, sha, url, '')],
    resources: workloadResources('cli-one'),
  };
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

/** What changes from run to run, in the words of the recording. */
function normalize(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z| \+0000 UTC)?/g, 'TIME')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://HOST')
    .replaceAll(/\b[0-9a-f]{40}\b/g, 'SHA')
    .replaceAll(/\((?:[0-9a-f]{7}|SHA)\)/g, '(SHA7)')
    .replaceAll(/^\d+(,\d+)?[acd]\d+(,\d+)?$|^SHA7$/gm, 'CHANGE')
    .replaceAll(/^(Duration: +)\S+$/gm, '$1DUR')
    .replaceAll(/-(?:HASH|abc)(?:-1)?\b/g, '-HASH')
    .replaceAll(/v1\.\d+\.\d+/g, 'VERSION')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ $/gm, '')
    .trim();
}
