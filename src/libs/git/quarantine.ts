import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What a Git process needs in its environment to write new objects to one place and read old ones from another. */
export type QuarantineEnv = Readonly<Record<string, string>>;

/**
 * Lets `receive` write objects into a directory of its own, and moves the packs into the repository only when it
 * succeeds. Whatever happens within, killed processes included, the repository sees all of it or nothing, and no garbage
 * stays: Git itself leaves its temporary packs behind when it is stopped.
 */
export async function inQuarantine(gitDir: string, receive: (env: QuarantineEnv) => Promise<void>): Promise<void> {
  const objects = join(gitDir, 'objects');
  const incoming = await mkdtemp(join(objects, 'incoming-'));
  try {
    await mkdir(join(incoming, 'pack'));
    await receive({ GIT_OBJECT_DIRECTORY: incoming, GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects) });
    const names = await readdir(join(incoming, 'pack'));
    // A pack counts once its index is there, so the index goes last.
    for (const name of names.toSorted((a, b) => Number(a.endsWith('.idx')) - Number(b.endsWith('.idx')))) {
      if (name.startsWith('pack-')) await rename(join(incoming, 'pack', name), join(objects, 'pack', name));
    }
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

/** The variable holds a list separated by colons; in quotes a colon is part of the path. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
