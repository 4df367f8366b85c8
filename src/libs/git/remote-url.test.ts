import { describe, expect, it } from 'vitest';
import { displayUrl, parseRemoteUrl } from './remote-url.ts';

describe('parseRemoteUrl', () => {
  it.each([
    ['https://host/org/repo.git', 'http', 'https://host/org/repo.git'],
    ['https://user:p%40w@host/org/repo/', 'http', 'https://host/org/repo'],
    ['http://127.0.0.1:8080/r', 'http', 'http://127.0.0.1:8080/r'],
    ['github.com/org/repo', 'http', 'https://github.com/org/repo'],
    ['git@host:org/repo.git', 'ssh', 'git@host:org/repo.git'],
    ['host.name:org/repo.git', 'ssh', 'host.name:org/repo.git'],
    ['ssh://git@host:22/org/repo', 'ssh', 'ssh://git@host:22/org/repo'],
    ['git+ssh://git@host/org/repo', 'ssh', 'ssh://git@host/org/repo'],
  ])('reads %s', (url, transport, clean) => {
    expect(parseRemoteUrl({ url })).toMatchObject({ transport, url: clean });
  });

  it.each([
    'http://host/r',
    'file:///r',
    '/r',
    'ext::sh',
    'git://host/r',
    'ftp://host/r',
    'https://',
    'host',
    'a b',
    '-x',
    '--upload-pack=x:y',
    'ssh://-x/y',
    'https://h/r?x=y',
  ])('refuses %s', (url) => {
    expect(() => parseRemoteUrl({ url })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^GIT_URL_(INVALID|FORBIDDEN)$/) as string }),
    );
  });

  it('keeps credentials out of the URL and of what is shown', () => {
    expect(parseRemoteUrl({ url: 'https://u:p@h/r' })).toEqual({
      transport: 'http',
      url: 'https://h/r',
      username: 'u',
      password: 'p',
    });
    expect(displayUrl('https://u:canary@h/r?token=canary#canary')).toBe('https://h/r');
    expect(displayUrl('https://u:can@ary@h/r')).toBe('https://h/r');
  });
});
