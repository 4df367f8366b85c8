/** One entry of a directory in a content-addressed tree. */
export interface TreeEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'submodule';
  /** Content id: equal ids mean equal content, everywhere and for ever. */
  readonly id: string;
  readonly executable?: boolean;
}

/**
 * A read-only, content-addressed file tree: a Git tree, an unpacked OCI artifact, a chart. Paths use `/`, have no leading
 * or trailing slash, and never leave the root; '' is the root.
 */
export interface Tree {
  /** Content id of the root. */
  readonly id: string;
  /** The entry at a path, without following a symlink in the last component; undefined when absent. */
  entry(path: string, signal?: AbortSignal): Promise<TreeEntry | undefined>;
  /** Entries of a directory, sorted by name; undefined when absent or not a directory. */
  list(path: string, signal?: AbortSignal): Promise<readonly TreeEntry[] | undefined>;
  /** Content of a file (symlinks inside the tree are followed); undefined when absent. Throws TREE_FILE_TOO_LARGE. */
  read(
    path: string,
    options?: { readonly maxBytes?: number; readonly signal?: AbortSignal },
  ): Promise<Uint8Array | undefined>;
  /**
   * A directory on disk with the content below `path`, for tools that need files. Immutable and shared by everybody who
   * asks for the same content: never write into it. Links are plain files or point inside the directory.
   */
  materialise(path: string, signal?: AbortSignal): Promise<string>;
}
