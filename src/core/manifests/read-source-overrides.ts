import Value from 'typebox/value';
import { ApplicationSource } from '#core/api';
import { isRecord } from '#base/json';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { invalidManifest } from './manifest-errors.ts';
import type { RecordingTree } from './reads/recording-tree.ts';
import { joinPath } from './source-path.ts';

const maxBytes = 1024 * 1024;
/** What an override cannot change (`compatibility.md` a.2). */
const fixedFields = ['repoURL', 'path', 'chart', 'targetRevision', 'ref', 'name', 'tagPrefix'] as const;

/** The source with `.argocd-source.yaml` and `.argocd-source-<app>.yaml` of its directory laid over it. */
export async function readSourceOverrides(
  source: ApplicationSource,
  place: {
    readonly tree: RecordingTree;
    readonly path: string;
    readonly appName: string;
    readonly signal?: AbortSignal;
  },
): Promise<ApplicationSource> {
  let result: Record<string, unknown> = source;
  const { tree, path, appName, signal } = place;
  for (const name of ['.argocd-source.yaml', `.argocd-source-${appName}.yaml`]) {
    const file = joinPath(path, name);
    if (!(await tree.entry(file, signal))) continue;
    const content = await tree.read(file, { maxBytes, ...(signal ? { signal } : {}) });
    const [document] = parseYamlDocuments(Buffer.from(content ?? []).toString('utf8'), { file });
    if (!document || document.value === null) continue;
    if (!isRecord(document.value)) throw invalidManifest({ file }, 'it must hold one object');
    result = { ...(mergePatch(result, document.value) as Record<string, unknown>), ...fixed(source) };
    if (!Value.Check(ApplicationSource, result))
      throw invalidManifest({ file }, 'with it, the source is not valid any more');
  }
  return result as ApplicationSource;
}

function fixed(source: ApplicationSource): Record<string, unknown> {
  return Object.fromEntries(
    fixedFields.map((field) => [field, source[field]]).filter(([, value]) => value !== undefined),
  );
}

/** JSON merge patch, RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = new Map(Object.entries(isRecord(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
