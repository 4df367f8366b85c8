import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WindlassError } from '#base/errors';
import { defineCommand } from '../../program/command-definition.ts';
import type { Flags } from '../../program/flags.ts';
import type { Invocation } from '../../program/invocation.ts';
import { usageError } from '../../program/usage-error.ts';

export const add = defineCommand({
  name: 'add',
  summary: 'Add repository connection parameters',
  args: [{ name: 'REPOURL', required: true }],
  options: [
    { name: 'type', type: 'string', summary: 'What it holds', choices: ['git', 'helm', 'oci'], default: 'git' },
    { name: 'name', type: 'string', summary: 'Name of the repository; a Helm repository needs one' },
    { name: 'project', type: 'string', summary: 'Only this project may use it', complete: 'project' },
    { name: 'username', type: 'string', summary: 'User name' },
    {
      name: 'password',
      type: 'string',
      summary: 'Password; other users of the machine may see it: prefer --password-stdin',
    },
    { name: 'password-stdin', type: 'boolean', summary: 'Read the password from standard input' },
    { name: 'bearer-token', type: 'string', summary: 'Bearer token' },
    { name: 'ssh-private-key-path', type: 'string', summary: 'File of the SSH private key', complete: 'file' },
    {
      name: 'insecure-ignore-host-key',
      type: 'boolean',
      summary: 'Do not check the host key (the same as --insecure-skip-server-verification)',
    },
    { name: 'insecure-skip-server-verification', type: 'boolean', summary: 'Do not check certificate or host key' },
    { name: 'tls-client-cert-path', type: 'string', summary: 'File of the client certificate', complete: 'file' },
    {
      name: 'tls-client-cert-key-path',
      type: 'string',
      summary: "File of the client certificate's key",
      complete: 'file',
    },
    { name: 'enable-lfs', type: 'boolean', summary: 'Fetch Git LFS objects' },
    { name: 'enable-oci', type: 'boolean', summary: 'Charts are OCI artifacts' },
    { name: 'insecure-oci-force-http', type: 'boolean', summary: 'Reach the registry over plain HTTP' },
    { name: 'github-app-id', type: 'integer', summary: 'Id of the GitHub App' },
    { name: 'github-app-installation-id', type: 'integer', summary: 'Installation id of the GitHub App' },
    {
      name: 'github-app-private-key-path',
      type: 'string',
      summary: "File of the GitHub App's private key",
      complete: 'file',
    },
    { name: 'github-app-enterprise-base-url', type: 'string', summary: 'Base URL of GitHub Enterprise' },
    {
      name: 'gcp-service-account-key-path',
      type: 'string',
      summary: 'File of a Google Cloud service account key',
      complete: 'file',
    },
    { name: 'azure-active-directory-endpoint', type: 'string', summary: 'Azure Active Directory endpoint' },
    { name: 'azure-service-principal-client-id', type: 'string', summary: 'Client id of the Azure service principal' },
    {
      name: 'azure-service-principal-client-secret',
      type: 'string',
      summary: 'Client secret of the Azure service principal',
    },
    { name: 'azure-service-principal-tenant-id', type: 'string', summary: 'Tenant id of the Azure service principal' },
    { name: 'use-azure-workload-identity', type: 'boolean', summary: 'Use Azure workload identity' },
    { name: 'proxy', type: 'string', summary: 'Proxy to reach it' },
    { name: 'no-proxy', type: 'string', summary: 'Hosts that are reached without the proxy' },
    { name: 'force-http-basic-auth', type: 'boolean', summary: 'Send credentials without being asked' },
    { name: 'depth', type: 'integer', summary: 'Accepted; mirrors are partial and need no depth' },
    {
      name: 'webhook-manifest-cache-warm-disabled',
      type: 'boolean',
      summary: 'Do not render ahead when a webhook comes',
    },
    { name: 'upsert', type: 'boolean', summary: 'Replace the settings of a repository that exists' },
  ],
  examples: [
    'windlass repo add https://git.example.com/team/config.git --username bot --password-stdin < token',
    'windlass repo add git@git.example.com:team/config.git --ssh-private-key-path ~/.ssh/id_ed25519',
    'windlass repo add https://charts.example.com --type helm --name stable',
    'windlass repo add registry.example.com/charts --type helm --name charts --enable-oci',
  ],
  async run(invocation) {
    const { args, flags, terminal } = invocation;
    const url = args[0] as string;
    const fields = await buildFields(invocation, url);
    const { repositories } = await invocation.session();
    const repository = await repositories.add(fields, { isUpsert: flags.is('upsert') });
    const { status, message } = await repositories.test(repository);
    terminal.printLine(`Repository '${url}' added`);
    if (status === 'Failed') terminal.note(`It cannot be reached now: ${message}`);
  },
});

/** Flag → key of the Secret (`compatibility.md` h.5). */
const texts: Readonly<Record<string, string>> = {
  type: 'type',
  name: 'name',
  project: 'project',
  username: 'username',
  password: 'password',
  'bearer-token': 'bearerToken',
  'github-app-id': 'githubAppID',
  'github-app-installation-id': 'githubAppInstallationID',
  'github-app-enterprise-base-url': 'githubAppEnterpriseBaseUrl',
  'azure-active-directory-endpoint': 'azureActiveDirectoryEndpoint',
  'azure-service-principal-client-id': 'azureServicePrincipalClientId',
  'azure-service-principal-client-secret': 'azureServicePrincipalClientSecret',
  'azure-service-principal-tenant-id': 'azureServicePrincipalTenantId',
  proxy: 'proxy',
  'no-proxy': 'noProxy',
  depth: 'depth',
};

const booleans: Readonly<Record<string, string>> = {
  'insecure-ignore-host-key': 'insecure',
  'insecure-skip-server-verification': 'insecure',
  'enable-lfs': 'enableLfs',
  'enable-oci': 'enableOCI',
  'insecure-oci-force-http': 'insecureOCIForceHttp',
  'force-http-basic-auth': 'forceHttpBasicAuth',
  'use-azure-workload-identity': 'useAzureWorkloadIdentity',
  'webhook-manifest-cache-warm-disabled': 'webhookManifestCacheWarmDisabled',
};

const files: Readonly<Record<string, string>> = {
  'ssh-private-key-path': 'sshPrivateKey',
  'tls-client-cert-path': 'tlsClientCertData',
  'tls-client-cert-key-path': 'tlsClientCertKey',
  'github-app-private-key-path': 'githubAppPrivateKey',
  'gcp-service-account-key-path': 'gcpServiceAccountKey',
};

async function buildFields(
  { flags, terminal, cwd }: Invocation,
  url: string,
): Promise<Readonly<Record<string, string>>> {
  checkCombination(flags);
  const fields: Record<string, string> = { url };
  for (const [flag, field] of Object.entries(texts)) {
    const value = flags.text(flag);
    if (value !== undefined && (flag === 'type' || flags.isSet(flag))) fields[field] = value;
  }
  for (const [flag, field] of Object.entries(booleans)) if (flags.is(flag)) fields[field] = 'true';
  for (const [flag, field] of Object.entries(files)) {
    const path = flags.text(flag);
    if (path !== undefined) fields[field] = await readKey(resolve(cwd, path), flag);
  }
  if (flags.is('password-stdin')) fields['password'] = (await terminal.readInput()).replace(/\r?\n$/, '');
  return fields;
}

function checkCombination(flags: Flags): void {
  if (flags.text('type') === 'helm' && !flags.isSet('name'))
    throw usageError('A Helm repository needs a name.', 'Add --name.');
  const [certificate, key] = [flags.isSet('tls-client-cert-path'), flags.isSet('tls-client-cert-key-path')];
  if (certificate !== key)
    throw usageError('--tls-client-cert-path and --tls-client-cert-key-path go together.', 'Give both.');
  // No question: what is typed at one would stand on the screen.
  if (flags.isSet('username') && !flags.isSet('password') && !flags.is('password-stdin')) {
    throw usageError('--username goes with a password.', 'Add --password-stdin and pipe the password in.');
  }
  if (flags.isSet('password') && flags.is('password-stdin'))
    throw usageError('--password and --password-stdin say the same thing.', 'Give one of them.');
}

async function readKey(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new WindlassError({
      code: 'FILE_UNREADABLE',
      kind: 'InvalidInput',
      message: `--${flag}: the file "${path}" cannot be read.`,
      at: { file: path },
      cause,
    });
  }
}
