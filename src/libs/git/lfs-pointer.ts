/** What stands in Git for a file kept in Large File Storage. */
export interface LfsPointer {
  /** SHA-256 of the content, hex. */
  readonly oid: string;
  readonly size: number;
}

/** A pointer is never longer than this. */
export const maxPointerBytes = 1024;

/** Reads a pointer file; undefined when the content is anything else. */
export function parseLfsPointer(content: Buffer): LfsPointer | undefined {
  if (content.length > maxPointerBytes || !content.subarray(0, 8).equals(Buffer.from('version '))) return undefined;
  const text = content.toString('utf8');
  if (!/^version https:\/\/(git-lfs\.github\.com\/spec|hawser\.github\.com\/spec)\/v1\n/.test(text)) return undefined;
  const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d{1,15})$/m.exec(text)?.[1];
  return oid === undefined || size === undefined ? undefined : { oid, size: Number(size) };
}
