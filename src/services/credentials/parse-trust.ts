import { X509Certificate, createHash } from 'node:crypto';
import type { KubeObject } from '#libs/kube';
import { stringEntries } from './secret-fields.ts';
import type { CredentialProblem, Parsed } from './secret-fields.ts';

/** Whom we trust beyond the system's authorities. */
export interface RepositoryTrust {
  /** Server name, lower case → PEM bundle. */
  readonly certificates: ReadonlyMap<string, string>;
  /** Lines of an OpenSSH known_hosts file. */
  readonly knownHosts?: string;
}

/** One trusted certificate or host key, as Argo CD lists it (`compatibility.md` h.7). */
export interface TrustedCertificate {
  readonly serverName: string;
  readonly certType: 'ssh' | 'https';
  /** The key's algorithm. */
  readonly certSubType: string;
  /** `SHA256:…` of a host key, or the subject of a certificate. */
  readonly certInfo: string;
}

export interface KnownHosts {
  /** The lines that can be used, as they stand. */
  readonly text: string;
  readonly keys: readonly TrustedCertificate[];
}

/** `argocd-tls-certs-cm`: server name → PEM bundle. A bundle without a certificate is a problem of its own entry only. */
export function parseTlsCertificates(configMap: KubeObject): Parsed<ReadonlyMap<string, string>> {
  const problems: CredentialProblem[] = [];
  const certificates = new Map<string, string>();
  for (const [serverName, pem] of stringEntries(configMap['data'])) {
    if (pem.trim() === '') continue;
    if (pemBlocks(pem).every((block) => readCertificate(block) !== undefined) && pemBlocks(pem).length > 0) {
      certificates.set(serverName.toLowerCase(), pem);
    } else
      problems.push({
        code: 'INVALID_VALUE',
        field: serverName,
        message: `The entry for "${serverName}" holds no valid certificate.`,
      });
  }
  return { value: certificates, problems };
}

/** `argocd-ssh-known-hosts-cm`: the key `ssh_known_hosts`, line by line. */
export function parseKnownHosts(configMap: KubeObject): Parsed<KnownHosts> {
  const problems: CredentialProblem[] = [];
  const lines: string[] = [];
  const keys: TrustedCertificate[] = [];
  for (const [field, text] of stringEntries(configMap['data'])) {
    if (field !== 'ssh_known_hosts') {
      problems.push({ code: 'UNKNOWN_FIELD', field, message: `"${field}" is no key of the known hosts ConfigMap.` });
      continue;
    }
    for (const [i, line] of text.split('\n').entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const key = parseKnownHost(line.trim());
      if (key) {
        lines.push(line.trim());
        keys.push(key);
      } else
        problems.push({ code: 'INVALID_VALUE', field, message: `Line ${i + 1} is no line of a known_hosts file.` });
    }
  }
  return { value: { text: lines.length > 0 ? `${lines.join('\n')}\n` : '', keys }, problems };
}

/** `argocd-gpg-keys-cm`: key id of 16 hex digits, upper case → ASCII armor. */
export function parseGpgKeys(configMap: KubeObject): Parsed<ReadonlyMap<string, string>> {
  const problems: CredentialProblem[] = [];
  const keys = new Map<string, string>();
  for (const [id, armor] of stringEntries(configMap['data'])) {
    if (/^[0-9a-f]{16}$/i.test(id) && armor.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----'))
      keys.set(id.toUpperCase(), armor);
    else
      problems.push({
        code: 'INVALID_VALUE',
        field: id,
        message: `"${id}" is no GPG key under its id of 16 hex digits.`,
      });
  }
  return { value: keys, problems };
}

/** The certificates of a bundle, for listing. */
export function describeCertificates(serverName: string, pem: string): TrustedCertificate[] {
  return pemBlocks(pem).flatMap((block) => {
    const certificate = readCertificate(block);
    if (!certificate) return [];
    const certSubType = certificate.publicKey.asymmetricKeyType ?? '';
    return [{ serverName, certType: 'https', certSubType, certInfo: certificate.subject.replaceAll('\n', ', ') }];
  });
}

function parseKnownHost(line: string): TrustedCertificate | undefined {
  const [hosts = '', algorithm = '', key = ''] = line.replace(/^@(cert-authority|revoked)\s+/, '').split(/\s+/);
  if (!/^(ssh-|ecdsa-|sk-)[\w@.-]+$/.test(algorithm) || !/^[A-Za-z0-9+/]{20,}={0,2}$/.test(key)) return undefined;
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '');
  return { serverName: hosts, certType: 'ssh', certSubType: algorithm, certInfo: `SHA256:${digest}` };
}

function pemBlocks(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
