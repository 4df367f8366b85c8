import { highestMatching, parseSemverConstraint } from '#base/semver-constraint';
import { invalidRevision } from './git-errors.ts';
import { commitOf } from './ref-advertisement.ts';
import type { Ref } from './ref-advertisement.ts';

/** What a target revision stands for, given what the remote announced. */
export type Resolution =
  | { readonly type: 'commit'; readonly sha: string; readonly ref?: string }
  | { readonly type: 'abbreviated'; readonly prefix: string }
  | { readonly type: 'unknown' };

const tagRoot = 'refs/tags/';

/** Throws GIT_REVISION_INVALID for what can be neither a ref, a SHA nor a version range. */
function assertRevision(revision: string): void {
  if (revision.length > 512) throw invalidRevision(revision, 'it is longer than 512 characters');
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x1f\x7f]/.test(revision)) throw invalidRevision(revision, 'it holds control characters');
  if (revision.startsWith('-')) throw invalidRevision(revision, 'it starts with a dash');
  if (parseSemverConstraint(revision)) return;
  if (/\.\.|@\{|[ ~^:?*[\\]|\/\/|\/$|\.lock$/.test(revision))
    throw invalidRevision(revision, 'it is no valid ref name');
}

/**
 * The ref prefixes to ask a remote for, so that `resolveRevision` can answer: few and narrow. None are needed for a full
 * SHA; then the list is empty and no request should be made.
 */
export function refPrefixesFor(targetRevision: string, tagPrefix = ''): string[] {
  const revision = targetRevision.trim();
  assertRevision(revision);
  if (isFullSha(revision)) return [];
  if (revision === '' || revision === 'HEAD') return ['HEAD'];
  if (revision.startsWith('refs/')) return [revision];
  if (parseSemverConstraint(revision)) {
    const tags = tagRoot + tagPrefix;
    return isRefName(revision) ? [`refs/heads/${revision}`, ...narrow(tags, tagRoot + revision)] : [tags];
  }
  return [`refs/heads/${revision}`, tagRoot + revision];
}

/**
 * Resolves a target revision (`compatibility.md` a.2): '' is HEAD; then a full SHA, a full ref, a branch, a tag, the highest
 * tag in a semantic version range (below `tagPrefix`), and an abbreviated SHA of at least seven digits, in this order.
 */
export function resolveRevision(refs: readonly Ref[], targetRevision: string, tagPrefix = ''): Resolution {
  const revision = targetRevision.trim();
  assertRevision(revision);
  if (isFullSha(revision)) return { type: 'commit', sha: revision };
  const name = revision === '' ? 'HEAD' : revision;
  const named = [name, `refs/heads/${name}`, tagRoot + name]
    .filter((candidate) => candidate === 'HEAD' || candidate.startsWith('refs/'))
    .map((candidate) => refs.find((ref) => ref.name === candidate))
    .find((ref) => ref !== undefined);
  const ref = named ?? highestTag(refs, revision, tagPrefix);
  if (ref) return { type: 'commit', sha: commitOf(ref), ref: ref.symref ?? ref.name };
  if (/^[0-9a-f]{7,39}$/.test(revision)) return { type: 'abbreviated', prefix: revision };
  return { type: 'unknown' };
}

export function isFullSha(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

function highestTag(refs: readonly Ref[], revision: string, tagPrefix: string): Ref | undefined {
  const constraint = parseSemverConstraint(revision);
  if (!constraint) return undefined;
  const prefix = tagRoot + tagPrefix;
  const tags = new Map(
    refs.filter(({ name }) => name.startsWith(prefix)).map((ref) => [ref.name.slice(prefix.length), ref]),
  );
  const best = highestMatching(tags.keys(), constraint);
  return best === undefined ? undefined : tags.get(best);
}

function isRefName(revision: string): boolean {
  return !/[ ~^:?*[\\<>=!|,]/.test(revision);
}

/** Both prefixes, or only the wider when it covers the other. */
function narrow(wide: string, other: string): string[] {
  return other.startsWith(wide) ? [wide] : [wide, other];
}
