import { generate } from 'selfsigned';

export interface TestCertificate {
  /** PEM; also its own authority. */
  readonly cert: string;
  readonly key: string;
}

/** A self-signed certificate for loopback. */
export async function createTestCertificate(commonName = 'localhost'): Promise<TestCertificate> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
