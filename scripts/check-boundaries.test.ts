import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeImport, layers, only, siblings } from './check-boundaries.ts';

describe('judgeImport', () => {
  it.each([
    ['components/cli/run.ts', '#core/api'],
    ['libs/git/index.ts', '#base/exec'],
    ['libs/kube/patch/apply.ts', '../objects.ts'],
    ['core/manifests/helm.ts', '#core/api'],
    ['components/kube-apiserver/start.ts', '#libs/kube/patch'],
  ])('%s may import %s', (file, specifier) => {
    expect(judgeImport({ file, specifier })).toBeUndefined();
  });

  it.each([
    ['components/cli/run.ts', '#components/repo-server', 'sibling'],
    ['libs/git/index.ts', '#core/api', 'down only'],
    ['core/engine/diff.ts', '#core/api', 'only libs/kube'],
    ['components/kube-apiserver/start.ts', '#services/settings', 'only libs/kube'],
    ['libs/git/index.ts', '../kube/objects.ts', 'door'],
  ])('%s may not import %s', (file, specifier, why) => {
    expect(judgeImport({ file, specifier })).toContain(why);
  });
});

describe('docs/architecture.md', () => {
  const page = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');

  it('draws the layers that the check enforces', () => {
    const drawn = [...page.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
    expect(drawn).toEqual([...layers]);
  });

  it('names every exception', () => {
    for (const [from, targets] of Object.entries(siblings))
      for (const to of targets) expect(page).toContain(`\`${from}\` → \`${to}\``);
    for (const module of Object.keys(only)) expect(page).toContain(`\`${module}\``);
  });
});
