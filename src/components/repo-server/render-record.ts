import { hashJson } from '#base/hash';
import type { Tree } from '#base/tree';
import type { ClusterCapabilities, ObjectOrigin, SourceType } from '#core/contracts';
import { holdReads } from '#core/manifests';
import type { TreeReads } from '#core/manifests';
import { findDependencyAccess } from './find-dependency-access.ts';
import type { DependencyRules } from './find-dependency-access.ts';
import type { Toolbox, ToolName } from './toolbox.ts';

/** What a render depended on, and where its result is. The same dependencies give the same result. */
export interface RenderRecord {
  readonly version: typeof recordVersion;
  /** What was found in the tree of each source; null where none was looked at. */
  readonly reads: readonly (TreeReads | null)[];
  /** The revision of each source whose text went into the result. */
  readonly revisions: readonly (string | null)[];
  /** Hash of the cluster's version and APIs, when a tool was told. */
  readonly cluster: string | null;
  /** Digest of each program that ran. */
  readonly tools: Readonly<Partial<Record<ToolName, string>>>;
  /** Where chart dependencies came from: the project must still permit it. */
  readonly repositories: readonly string[];
  /** Hash of all the above and of the specification. */
  readonly key: string;
  /** Of the objects in the manifest store. */
  readonly digest: string;
  readonly sourceTypes: readonly (SourceType | '')[];
  readonly origins: readonly ObjectOrigin[];
  readonly commands: readonly string[];
  readonly warnings: readonly string[];
}

export type RenderDependencies = Pick<RenderRecord, 'reads' | 'revisions' | 'cluster' | 'tools' | 'repositories'>;

/** Changes whenever renderers change what they make of the same input: everything is rendered anew then. */
const keyVersion = 1;
export const recordVersion = 2;

/** The key of a result: the same for every commit that leaves what was read as it is. Pure. */
export function buildRenderKey(
  specKey: string,
  { reads, revisions, cluster, tools, repositories }: RenderDependencies,
): string {
  // The ids of roots and scopes only speed the check up: they change although nothing that was read did.
  const found = reads.map(
    (one) =>
      one && { scope: one.scope, reads: one.reads.map((read) => (read.type === 'root' ? one.rootId : keyOf(read))) },
  );
  return hashJson({ keyVersion, specKey, found, revisions, cluster, tools, repositories });

  function keyOf(read: Exclude<TreeReads['reads'][number], { type: 'root' }>): unknown {
    return read.type === 'list' ? [read.path, read.names] : [read.path, read.id];
  }
}

/** Callers in this process hand over the same object for all applications of a cluster. */
const clusterHashes = new WeakMap<ClusterCapabilities, string>();

export function hashCluster(cluster: ClusterCapabilities): string {
  const known = clusterHashes.get(cluster);
  if (known !== undefined) return known;
  const hash = hashJson([cluster.kubeVersion, cluster.apiVersions.toSorted()]);
  clusterHashes.set(cluster, hash);
  return hash;
}

export interface PresentState {
  readonly trees: readonly Tree[];
  readonly revisions: readonly string[];
  readonly cluster: string;
  readonly rules: DependencyRules;
  readonly toolbox: Toolbox;
  readonly signal: AbortSignal;
}

/** Whether a render now would depend on the same content: look-ups in memory, no process, no network. */
export async function holdsRecord(record: RenderRecord, present: PresentState): Promise<boolean> {
  const { trees, revisions, cluster, rules, toolbox, signal } = present;
  if (record.cluster !== null && record.cluster !== cluster) return false;
  if (record.revisions.some((revision, i) => revision !== null && revision !== revisions[i])) return false;
  if (record.repositories.some((repository) => !findDependencyAccess(rules, repository))) return false;
  for (const [i, reads] of record.reads.entries()) {
    const tree = trees[i];
    if (reads && !(tree && (await holdReads(reads, tree, signal)))) return false;
  }
  for (const [name, digest] of Object.entries(record.tools)) {
    if ((await toolbox.digest(name as ToolName)) !== digest) return false;
  }
  return true;
}
