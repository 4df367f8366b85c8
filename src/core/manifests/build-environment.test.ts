import { describe, expect, it } from 'vitest';
import { BuildEnvironment } from './build-environment.ts';

const facts = {
  appName: 'ns_app',
  namespace: 'dest',
  project: 'p',
  revision: '0123456789abcdef',
  repoURL: 'https://x',
  path: 'a/b',
  targetRevision: 'main',
};

describe('BuildEnvironment', () => {
  it.each([
    ['$ARGOCD_APP_NAME-x', 'ns_app-x'],
    ['${ARGOCD_APP_NAMESPACE}x', 'destx'],
    ['$ARGOCD_APP_REVISION_SHORT/$ARGOCD_APP_REVISION_SHORT_8', '0123456/01234567'],
    ['$$HOME and $HOME and ${PATH}', '$HOME and  and '],
    ['100$', '100$'],
    ['plain', 'plain'],
  ])('turns %s into %s', (text, expected) => {
    expect(new BuildEnvironment(facts).substitute(text)).toBe(expected);
  });

  it('knows whether the revision was used', () => {
    const environment = new BuildEnvironment(facts);
    environment.substitute('$ARGOCD_APP_NAME $ARGOCD_APP_SOURCE_TARGET_REVISION');
    expect(environment.usesRevision).toBe(false);
    environment.substitute('${ARGOCD_APP_REVISION}');
    expect(environment.usesRevision).toBe(true);
  });
});
