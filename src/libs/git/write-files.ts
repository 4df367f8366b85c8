import { chmod, copyFile, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One file of a directory to be materialised. */
export interface StoredFile {
  readonly path: string;
  readonly executable: boolean;
  /** Bytes, a file to copy, or where a link points. */
  readonly content: { readonly bytes: Uint8Array } | { readonly file: string } | { readonly link: string };
}

const writesAtOnce = 32;

/** Writes files, read-only, into a new directory; how many bytes they have. */
export async function writeFiles(root: string, files: AsyncIterable<StoredFile>): Promise<number> {
  await mkdir(root);
  const made = new Set<string>([root]);
  let bytes = 0;
  let writing: Promise<number>[] = [];
  const settle = async () => {
    for (const written of await Promise.all(writing)) bytes += written;
    writing = [];
  };
  for await (const file of files) {
    const folder = dirname(join(root, file.path));
    if (!made.has(folder)) {
      await mkdir(folder, { recursive: true });
      made.add(folder);
    }
    writing.push(writeStored(join(root, file.path), file));
    if (writing.length >= writesAtOnce) await settle();
  }
  await settle();
  return bytes;
}

async function writeStored(to: string, { executable, content }: StoredFile): Promise<number> {
  const mode = executable ? 0o555 : 0o444;
  if ('link' in content) {
    await symlink(content.link, to);
    return 0;
  }
  if ('file' in content) {
    await copyFile(content.file, to);
    await chmod(to, mode);
    return (await stat(to)).size;
  }
  await writeFile(to, content.bytes, { mode, flag: 'wx' });
  return content.bytes.length;
}
