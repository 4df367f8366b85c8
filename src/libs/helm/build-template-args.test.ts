import { describe, expect, it } from 'vitest';
import { buildTemplateArgs } from './build-template-args.ts';

describe('buildTemplateArgs', () => {
  it('puts the options in the order that Argo CD does', () => {
    const args = buildTemplateArgs({
      releaseName: 'r',
      namespace: 'n',
      kubeVersion: 'v1.36.1+k3s1',
      apiVersions: ['v1', 'apps/v1'],
      valueFiles: ['/x/a.yaml', '/x/b,c.yaml'],
      parameters: [
        { name: 'a', value: '1,2', forceString: false },
        { name: 'b', value: '{x,y}', forceString: false },
        { name: 'c', value: '1\\,2', forceString: true },
      ],
      fileParameters: [{ name: 'f', path: '/x/f' }],
    });
    expect(args.join(' ')).toBe(
      'template . --name-template r --namespace n --kube-version 1.36.1 --set a=1\\,2 --set b={x,y} --set-string c=1\\,2 --set-file f=/x/f --values /x/a.yaml --values "/x/b,c.yaml" --api-versions v1 --api-versions apps/v1 --include-crds',
    );
  });

  it('leaves out what is switched off', () => {
    expect(
      buildTemplateArgs({ releaseName: 'r', skipCrds: true, skipTests: true, skipSchemaValidation: true }),
    ).toEqual(['template', '.', '--name-template', 'r', '--skip-schema-validation', '--skip-tests']);
  });
});
