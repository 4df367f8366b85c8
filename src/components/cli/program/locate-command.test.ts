import { describe, expect, it } from 'vitest';
import { buildTree } from '../commands/registry.ts';
import { globalFlags } from './global-flags.ts';
import { locateCommand } from './locate-command.ts';
import { splitWords } from './split-words.ts';
import { suggest } from './suggest.ts';

const tree = buildTree('windlass', []);
const locate = (line: string) => locateCommand(splitWords(line), tree, globalFlags);

describe('locateCommand', () => {
  it.each([
    ['app get web', { path: ['app', 'get'], rest: ['web'] }],
    [
      '--kubeconfig f --core app -n argocd get web -o json',
      { path: ['app', 'get'], rest: ['--kubeconfig', 'f', '--core', '-n', 'argocd', 'web', '-o', 'json'] },
    ],
    ['project list', { path: ['proj', 'list'], rest: [] }],
    ['version --client', { path: ['version'], rest: ['--client'] }],
  ])('%s', (line, expected) => {
    expect(locate(line)).toMatchObject({ type: 'command', ...expected });
  });

  it('tells help, nouns without a verb and unknown words apart', () => {
    expect(locate('app')).toMatchObject({ type: 'group' });
    expect(locate('app frobnicate')).toMatchObject({ type: 'group', unknown: 'frobnicate' });
    expect(locate('constructor')).toEqual({ type: 'root', unknown: 'constructor' });
    expect(locate('help app sync')).toEqual({ type: 'help', path: ['app', 'sync'] });
    expect(locate('')).toEqual({ type: 'root' });
  });

  it('native verbs are not there under the name argocd', () => {
    expect(locateCommand(['why', 'x'], buildTree('argocd', []), globalFlags)).toEqual({ type: 'root', unknown: 'why' });
  });
});

describe('splitWords', () => {
  it('keeps quoted and escaped blanks', () => {
    expect(splitWords(`--core  --header 'a b' --header "c \\"d\\" e" f\\ g`)).toEqual([
      '--core',
      '--header',
      'a b',
      '--header',
      'c "d" e',
      'f g',
    ]);
  });
});

describe('suggest', () => {
  it('finds what is near, and nothing else', () => {
    expect(suggest('snyc', ['sync', 'set', 'get'])).toBe('sync');
    expect(suggest('hist', ['history', 'list'])).toBe('history');
    expect(suggest('frobnicate', ['sync'])).toBeUndefined();
  });
});
