import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseRepoCredsSecret, parseRepositorySecret } from './parse-repository-secret.ts';

function secret(fields: Record<string, string>) {
  const data = Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, Buffer.from(v).toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'repo-1' }, data };
}

describe('parseRepositorySecret', () => {
  it('reads user name, password and flags', () => {
    const { value, problems } = parseRepositorySecret(
      secret({
        url: ' https://host/org/repo.git ',
        type: 'git',
        username: 'me',
        password: ' p w ',
        insecure: 'true',
        enableLfs: 'true',
        project: 'team',
      }),
    );
    expect(value).toMatchObject({
      url: 'https://host/org/repo.git',
      type: 'git',
      username: 'me',
      insecure: true,
      enableLfs: true,
      project: 'team',
    });
    expect(value.password?.reveal()).toBe(' p w ');
    expect(problems).toEqual([]);
  });

  it('reads a GitHub App and refuses half of one', () => {
    const { value } = parseRepositorySecret(
      secret({
        url: 'https://github.com/o/r',
        githubAppID: '1',
        githubAppInstallationID: '2',
        githubAppPrivateKey: 'KEY',
        githubAppEnterpriseBaseUrl: 'https://ghe/api/v3',
      }),
    );
    expect(value.githubApp).toMatchObject({ appId: '1', installationId: '2', apiBaseUrl: 'https://ghe/api/v3' });
    expect(() => parseRepositorySecret(secret({ url: 'https://h/r', githubAppID: '1' }))).toThrow(
      expect.objectContaining({ code: 'CREDENTIAL_SECRET_INVALID' }),
    );
  });

  it('reports what it does not know and what it does not support', () => {
    const { problems } = parseRepositorySecret(
      secret({
        url: 'https://h/r',
        pasword: 'typo',
        gcpServiceAccountKey: '{}',
        useAzureWorkloadIdentity: 'true',
        insecure: 'maybe',
        depth: '1',
      }),
    );
    expect(problems.map(({ code, field }) => `${code} ${field}`).toSorted()).toEqual([
      'INVALID_VALUE insecure',
      'UNKNOWN_FIELD pasword',
      'UNSUPPORTED_FIELD gcpServiceAccountKey',
      'UNSUPPORTED_FIELD useAzureWorkloadIdentity',
    ]);
  });

  it.each([{}, { url: '' }, { url: 'https://h', type: 'svn' }])('refuses %j', (fields) => {
    expect(() => parseRepositorySecret(secret(fields as Record<string, string>))).toThrow(
      expect.objectContaining({ code: 'CREDENTIAL_SECRET_INVALID' }),
    );
  });

  it('never prints a secret', () => {
    const { value } = parseRepositorySecret(
      secret({ url: 'https://h/r', password: 'canary', sshPrivateKey: 'canary', tlsClientCertKey: 'canary' }),
    );
    expect(JSON.stringify(value) + inspect(value, { depth: 9 }) + String(value.password)).not.toContain('canary');
  });

  it('takes stringData of a manifest that was not applied yet', () => {
    const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: {}, stringData: { url: 'https://h/r' } };
    expect(parseRepositorySecret(manifest).value.url).toBe('https://h/r');
  });
});

describe('parseRepoCredsSecret', () => {
  it('knows no fields that belong to one repository', () => {
    const { value, problems } = parseRepoCredsSecret(secret({ url: 'https://h/org', password: 't', project: 'p' }));
    expect(value.url).toBe('https://h/org');
    expect(problems).toEqual([expect.objectContaining({ code: 'UNKNOWN_FIELD', field: 'project' })]);
  });
});
