import { describe, expect, it } from 'vitest';
import { kubebuilderAssets } from '#harness';
import { startCliRig } from './cli-rig.ts';

describe.skipIf(kubebuilderAssets === undefined)('cluster add (needs KUBEBUILDER_ASSETS)', () => {
  it('makes an account on the cluster whose token works, for all of it or for some namespaces', async () => {
    await using rig = await startCliRig({ 'a.yaml': '' }, { controllers: true });
    const add = (...more: readonly string[]) =>
      rig.run(['cluster', 'add', 'local', '--kubeconfig', rig.kubeconfig, ...more]);
    expect((await add()).stderr).toContain('--yes');
    const added = await add('--name', 'edge', '-y', '--label', 'region=eu');
    expect(added).toMatchObject({ code: 0, stderr: '' });
    const list = await rig.run(['cluster', 'list', '-o', 'json']);
    const clusters = JSON.parse(list.stdout) as { name: string; labels: object; connectionState: object }[];
    expect(clusters.find(({ name }) => name === 'edge')).toMatchObject({
      labels: { region: 'eu' },
      connectionState: { status: 'Successful' },
    });
    // The account may do everything: it can read Secrets, which nobody may by default.
    const create = `app create there --repo ${rig.url} --path . --dest-name edge --dest-namespace default --validate=false`;
    const made = await rig.run(create.split(' '));
    expect(made.code).toBe(0);
    expect(await rig.run(['app', 'resources', 'there', '--orphaned'])).toMatchObject({ code: 0 });
    expect((await rig.run(['cluster', 'rm', 'edge', '-y'])).code).toBe(0);
    expect((await add('--name', 'part', '-y', '--namespace', 'default')).code).toBe(0);
    expect((await rig.run(['cluster', 'list'])).stdout).toContain('(1 namespaces)');
  });
});
