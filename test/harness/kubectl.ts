import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layerProgram } from '#libs/helm';

/** The real kubectl that npm brought, unpacked once per machine; the one on PATH where npm has none. */
export async function findKubectl(): Promise<string> {
  return (await layerProgram('kubectl', join(tmpdir(), 'windlass-test-tools'))) ?? 'kubectl';
}
