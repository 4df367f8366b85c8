import { generate } from 'selfsigned';
import type { Clock } from '#base/clock';
import type { Journal } from '../storage/journal.ts';

export interface TlsIdentity {
  readonly keyPem: string;
  /** Certificate and authority in one: it signs itself. */
  readonly certificatePem: string;
}

const tenYearsMs = 10 * 365 * 24 * 3600 * 1000;
const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];

/** The server's certificate, made once and kept, so that kubeconfigs stay valid over restarts. */
export async function tlsIdentity(journal: Journal, clock: Clock): Promise<TlsIdentity> {
  const keyPem = journal.meta('tlsKey');
  const certificatePem = journal.meta('tlsCertificate');
  if (keyPem !== undefined && certificatePem !== undefined) return { keyPem, certificatePem };
  const made = await generate([{ name: 'commonName', value: 'windlass-kube-apiserver' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    notBeforeDate: new Date(clock.now() - 60_000),
    notAfterDate: new Date(clock.now() + tenYearsMs),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names.map((value) => ({ type: 2 as const, value })), { type: 7, ip: '127.0.0.1' }],
      },
    ],
  });
  journal.setMeta('tlsKey', made.private);
  journal.setMeta('tlsCertificate', made.cert);
  return { keyPem: made.private, certificatePem: made.cert };
}
