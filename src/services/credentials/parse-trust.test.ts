import { describe, expect, it } from 'vitest';
import { generate } from 'selfsigned';
import { describeCertificates, parseGpgKeys, parseKnownHosts, parseTlsCertificates } from './parse-trust.ts';

const configMap = (data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data });

describe('parseTlsCertificates', () => {
  it('keeps valid bundles and reports the others', async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'git.example.com' }], { algorithm: 'sha256' });
    const { value, problems } = parseTlsCertificates(
      configMap({
        'Git.Example.com': cert + cert,
        broken: '-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----',
        empty: '',
      }),
    );
    expect([...value.keys()]).toEqual(['git.example.com']);
    expect(problems.map(({ field }) => field)).toEqual(['broken']);
    expect(describeCertificates('git.example.com', cert)).toEqual([
      { serverName: 'git.example.com', certType: 'https', certSubType: 'rsa', certInfo: 'CN=git.example.com' },
    ]);
  });
});

describe('parseKnownHosts', () => {
  it('keeps usable lines with their fingerprints and reports the others by number', () => {
    const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
    const { value, problems } = parseKnownHosts(
      configMap({ ssh_known_hosts: `# comment\n\nh,1.2.3.4 ssh-ed25519 ${key}\nnonsense\n` }),
    );
    expect(value.text).toBe(`h,1.2.3.4 ssh-ed25519 ${key}\n`);
    expect(value.keys).toEqual([
      {
        serverName: 'h,1.2.3.4',
        certType: 'ssh',
        certSubType: 'ssh-ed25519',
        certInfo: expect.stringMatching(/^SHA256:[\w+/]{43}$/) as string,
      },
    ]);
    expect(problems[0]?.message).toContain('Line 4');
  });
});

describe('parseGpgKeys', () => {
  it('keeps keys under their id', () => {
    const armor = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n…';
    const { value, problems } = parseGpgKeys(configMap({ '4aee18f83afdeb23': armor, nonsense: 'x' }));
    expect([...value.keys()]).toEqual(['4AEE18F83AFDEB23']);
    expect(problems).toHaveLength(1);
  });
});
