import { describe, expect, it } from 'vitest';
import { parseClusterSecret } from './parse-cluster-secret.ts';

const pem = (label: string) =>
  Buffer.from(`-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`).toString('base64');

function secret(fields: Record<string, string>, metadata: Record<string, unknown> = {}) {
  const data = Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, Buffer.from(v).toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cluster-1', ...metadata }, data };
}

describe('parseClusterSecret', () => {
  it('reads a cluster with a token', () => {
    const config = {
      bearerToken: 'canary',
      tlsClientConfig: { insecure: false, serverName: 'kube', caData: pem('CERTIFICATE') },
    };
    const { value, problems } = parseClusterSecret(
      secret(
        {
          server: 'https://1.2.3.4:6443/',
          namespaces: 'a, b,',
          clusterResources: 'true',
          shard: '2',
          project: 'p',
          config: JSON.stringify(config),
        },
        { labels: { env: 'prod' }, annotations: { 'argocd.argoproj.io/refresh': '2026-01-01T00:00:00Z' } },
      ),
    );
    expect(value).toMatchObject({
      name: 'https://1.2.3.4:6443',
      server: 'https://1.2.3.4:6443',
      namespaces: ['a', 'b'],
      clusterResources: true,
      shard: 2,
      project: 'p',
      serverName: 'kube',
      labels: { env: 'prod' },
      refreshRequestedAt: '2026-01-01T00:00:00Z',
    });
    expect(value.caPem).toContain('BEGIN CERTIFICATE');
    expect(value.bearerToken?.reveal()).toBe('canary');
    expect(JSON.stringify(value)).not.toContain('canary');
    expect(problems).toEqual([]);
  });

  it('reads client certificates and an exec plug-in', () => {
    const config = {
      tlsClientConfig: { certData: pem('CERTIFICATE'), keyData: pem('RSA PRIVATE KEY') },
      execProviderConfig: {
        command: 'aws',
        args: ['eks', 'get-token'],
        env: { AWS_REGION: 'x' },
        apiVersion: 'client.authentication.k8s.io/v1beta1',
      },
    };
    const { value } = parseClusterSecret(secret({ server: 'https://k', name: 'n', config: JSON.stringify(config) }));
    expect(value.clientKey?.reveal()).toContain('RSA PRIVATE KEY');
    expect(value.exec).toEqual({
      command: 'aws',
      args: ['eks', 'get-token'],
      env: { AWS_REGION: 'x' },
      apiVersion: 'client.authentication.k8s.io/v1beta1',
    });
  });

  it('names AWS authentication as unsupported', () => {
    const config = JSON.stringify({ awsAuthConfig: { clusterName: 'c' } });
    expect(() => parseClusterSecret(secret({ server: 'https://k', config }))).toThrow(
      expect.objectContaining({ code: 'CLUSTER_AUTH_UNSUPPORTED' }),
    );
  });

  it('reports unknown fields at every level and wrong types', () => {
    const config = { bearer: 'x', tlsClientConfig: { caDta: 'x', insecure: 'yes', certData: 'bm90IHBlbQ==' } };
    const { problems } = parseClusterSecret(
      secret({ server: 'https://k', config: JSON.stringify(config), extra: '1', shard: 'one' }),
    );
    expect(problems.map(({ code, field }) => `${code} ${field}`).toSorted()).toEqual([
      'INVALID_VALUE config.tlsClientConfig.certData',
      'INVALID_VALUE config.tlsClientConfig.insecure',
      'INVALID_VALUE shard',
      'UNKNOWN_FIELD config.bearer',
      'UNKNOWN_FIELD config.tlsClientConfig.caDta',
      'UNKNOWN_FIELD extra',
    ]);
  });

  it.each([
    {},
    { server: 'not a url' },
    { server: 'https://k', config: '{"bearerToken": "canary' },
    { server: 'https://k', config: '[]' },
  ])('refuses %j without quoting it', (fields) => {
    const parse = () => parseClusterSecret(secret(fields));
    expect(parse).toThrow(expect.objectContaining({ code: 'CREDENTIAL_SECRET_INVALID' }));
    expect(parse).not.toThrow(/canary/);
  });
});
