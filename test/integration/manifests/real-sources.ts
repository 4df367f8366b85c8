import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Applications and charts that nobody here wrote. Suites that need them say so and skip when the variable is not set. */
export const testData = process.env['WINDLASS_TEST_DATA'] ?? '';

export interface RealSource {
  /** Relative to the data, which is one repository. */
  readonly path: string;
  readonly type: 'Helm' | 'Kustomize' | 'Directory';
  readonly hasJsonnet: boolean;
}

const folders = ['argocd-example-apps', 'podinfo', 'charts'];

/** Every directory in the data that can be a source: charts, kustomizations, and directories with manifests. */
export async function findRealSources(): Promise<RealSource[]> {
  const sources: RealSource[] = [];
  for (const folder of folders) await walk(join(testData, folder), sources);
  return sources.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function walk(directory: string, sources: RealSource[]): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.map(({ name }) => name);
  const path = relative(testData, directory);
  const hasJsonnet = names.some((name) => name.endsWith('.jsonnet'));
  if (names.includes('Chart.yaml')) return void sources.push({ path, type: 'Helm', hasJsonnet: false });
  if (names.some((name) => /^kustomization\.ya?ml$/.test(name)))
    sources.push({ path, type: 'Kustomize', hasJsonnet: false });
  else if (names.some((name) => /\.(ya?ml|json|jsonnet)$/.test(name)))
    sources.push({ path, type: 'Directory', hasJsonnet });
  for (const entry of entries) if (entry.isDirectory()) await walk(join(directory, entry.name), sources);
}

export async function readDataFiles(): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const folder of folders) {
    for (const entry of await readdir(join(testData, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      files[relative(testData, file)] = await readFile(file);
    }
  }
  return files;
}
