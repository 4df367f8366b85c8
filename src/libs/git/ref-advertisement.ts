/** One ref as a remote announces it. */
export interface Ref {
  /** Full name: `HEAD`, `refs/heads/main`, `refs/tags/v1`. */
  readonly name: string;
  readonly sha: string;
  /** The commit that an annotated tag points at. */
  readonly peeled?: string;
  /** Where a symbolic ref (HEAD) points. */
  readonly symref?: string;
}

/** What a remote said about the refs below the prefixes it was asked for. */
export interface RefAdvertisement {
  /** An empty list means: all refs were asked for. */
  readonly prefixes: readonly string[];
  /** Sorted by name, as the server sends them. */
  readonly refs: readonly Ref[];
}

/** The commit that a ref stands for: an annotated tag's target, else the ref's own value. */
export function commitOf(ref: Ref): string {
  return ref.peeled ?? ref.sha;
}
