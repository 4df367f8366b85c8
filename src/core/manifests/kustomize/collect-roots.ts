import { isRecord } from '#base/json';
import { parseRemoteEntry } from '#libs/kustomize';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { invalidManifest, renderLimit } from '../manifest-errors.ts';
import type { RecordingTree } from '../reads/recording-tree.ts';
import { joinPath, resolvePath } from '../source-path.ts';

export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Fields whose entries may be directories with a kustomization of their own. */
export const graphFields = [
  'resources',
  'bases',
  'components',
  'generators',
  'transformers',
  'validators',
  'crds',
  'configurations',
] as const;
const maxRoots = 500;
const maxBytes = 10 * 1024 * 1024;

export interface Kustomization {
  /** Path of the file. */
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The kustomization of a directory; undefined when there is none. Throws MANIFEST_INVALID. */
export async function readKustomization(
  tree: RecordingTree,
  path: string,
  signal: AbortSignal,
): Promise<Kustomization | undefined> {
  for (const name of kustomizationNames) {
    const file = joinPath(path, name);
    if (!(await tree.entry(file, signal))) continue;
    const content = await tree.read(file, { maxBytes, signal });
    const value = parseYamlDocuments(Buffer.from(content ?? []).toString('utf8'), { file })[0]?.value ?? {};
    if (!isRecord(value)) throw invalidManifest({ file }, 'a kustomization must be one object');
    return { file, value };
  }
  return undefined;
}

/** An entry that names something outside of the repository. */
export interface RemoteUse {
  readonly kustomization: Kustomization;
  /** Directory of the kustomization. */
  readonly directory: string;
  readonly entry: string;
}

export interface Reached {
  /** None of them is inside another one. */
  readonly roots: readonly string[];
  readonly remotes: readonly RemoteUse[];
}

/**
 * All directories that a build reaches from `start`, `extra` entries of it included. By its own rule, Kustomize reads nothing
 * but what is below these, so that they are all that it needs and all that is recorded.
 */
export async function collectRoots(
  tree: RecordingTree,
  start: string,
  { extra, signal }: { readonly extra: readonly string[]; readonly signal: AbortSignal },
): Promise<Reached> {
  const roots = new Set([start]);
  const remotes: RemoteUse[] = [];
  for (const root of roots) {
    if (roots.size > maxRoots)
      throw renderLimit(`The kustomization "${start}" reaches more than ${maxRoots} directories.`);
    const kustomization = await readKustomization(tree, root, signal);
    const entries = [
      ...graphFields.flatMap((field) => entriesOf(kustomization, field)),
      ...(root === start ? extra : []),
    ];
    for (const entry of entries) {
      if (kustomization && parseRemoteEntry(entry)) {
        remotes.push({ kustomization, directory: root, entry });
        continue;
      }
      const path = resolvePath(root, entry, 'kustomization entry');
      if ((await tree.list(path, signal)) !== undefined) roots.add(path);
    }
  }
  const outermost = [...roots].filter((root) => ![...roots].some((other) => other !== root && isBelow(root, other)));
  return { roots: outermost, remotes };
}

function entriesOf(kustomization: Kustomization | undefined, field: string): string[] {
  const value = kustomization?.value[field];
  // An entry of several lines is the resource itself.
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string' && !entry.includes('\n')) : [];
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`);
}
