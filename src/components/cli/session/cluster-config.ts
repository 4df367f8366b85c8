import type { Secret } from '#base/secret';
import type { ClusterConnection } from '#libs/kube';
import type { Flags } from '../program/flags.ts';

/** The `config` of a cluster Secret (`compatibility.md` h.6). Holds the token in the clear: it goes into the Secret only. */
export function buildClusterConfig(
  connection: ClusterConnection,
  flags: Flags,
  token: Secret | undefined,
): Readonly<Record<string, unknown>> {
  const { caPem, insecure, tlsServerName } = connection;
  const proxyUrl = flags.text('server-proxy-url');
  return {
    ...(token === undefined ? {} : { bearerToken: token.reveal() }),
    tlsClientConfig: {
      insecure: insecure === true,
      ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
      ...(caPem === undefined ? {} : { caData: Buffer.from(caPem, 'utf8').toString('base64') }),
    },
    ...(flags.isSet('exec-command') ? { execProviderConfig: execProvider(flags) } : {}),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(flags.is('disable-compression') ? { disableCompression: true } : {}),
  };
}

function execProvider(flags: Flags): Readonly<Record<string, unknown>> {
  const hint = flags.text('exec-command-install-hint');
  return {
    command: flags.text('exec-command'),
    args: flags.list('exec-command-args'),
    env: Object.fromEntries(flags.pairs('exec-command-env')),
    apiVersion: flags.text('exec-command-api-version') ?? 'client.authentication.k8s.io/v1',
    ...(hint === undefined ? {} : { installHint: hint }),
  };
}
