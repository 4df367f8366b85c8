import { beforeAll, describe, expect, it } from 'vitest';
import { findOnPath } from '#base/program';
import { kubebuilderAssets } from '#harness';
import type { ClusterKind } from '#harness';
import { realApplications } from './applications.ts';
import { runApplications } from './run-applications.ts';
import type { RunResult } from './run-applications.ts';

const jsonnet = await findOnPath(['jsonnet', 'go-jsonnet']);
const dataDir = process.env['WINDLASS_TEST_DATA'];

for (const kind of ['embedded', 'real'] satisfies ClusterKind[]) {
  const why = dataDir
    ? kind === 'real' && !kubebuilderAssets
      ? ' (skipped without KUBEBUILDER_ASSETS)'
      : ''
    : ' (skipped without WINDLASS_TEST_DATA)';
  describe.skipIf(why !== '')(`real applications on the ${kind} server${why}`, () => {
    let results: readonly RunResult[] = [];
    beforeAll(async () => {
      results = await runApplications(dataDir ?? '', kind);
    }, 170_000);

    for (const { name, health, needs, unhealthyKinds = [] } of realApplications) {
      const isSkipped = needs !== undefined && jsonnet === undefined;
      it.skipIf(isSkipped)(`${name} is Synced and ${health[kind]}${isSkipped ? ' (no jsonnet on PATH)' : ''}`, () => {
        const { observation, missing, unhealthy } = results.find(({ application }) => application.name === name) ?? {};
        expect(observation).toMatchObject({ sync: 'Synced', health: health[kind] });
        expect(observation?.resources.filter(({ status }) => status !== 'Synced')).toEqual([]);
        expect(observation?.conditions).toEqual([]);
        expect(missing).toEqual([]);
        expect(unhealthy?.filter(({ kind: one }) => !unhealthyKinds.includes(one))).toEqual([]);
        // Arrived and stayed: nothing flapped at the end.
        expect(observation?.seconds).toBeDefined();
      });
    }
  });
}
