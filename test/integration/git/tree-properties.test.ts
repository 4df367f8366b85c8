import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gitFixture } from './git-fixture.ts';
import type { FileContent } from '#harness';

const name = fc.constantFrom('a', 'b', 'c', 'é', 'a.b', 'a-b', 'A');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const content: fc.Arbitrary<FileContent> = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ maxLength: 20 }).map((text) => ({ content: text, executable: true })),
  fc.constant({ symlink: 'a' }),
);
const revision = fc.array(fc.tuple(path, content), { minLength: 1, maxLength: 12 });

describe('a tree under random changes', () => {
  it('changes where `git diff` says and holds what `git ls-tree` lists', async () => {
    await using fixture = await gitFixture();
    const repository = await fixture.server.createRepository('random');
    const access = { url: repository.url };
    let previous: string | undefined;
    let current: Record<string, FileContent> = {};
    await fc.assert(
      fc.asyncProperty(revision, fc.array(fc.nat(), { maxLength: 4 }), async (changes, removals) => {
        const next = { ...current };
        for (const i of removals) delete next[Object.keys(next)[i % Math.max(1, Object.keys(next).length)] ?? ''];
        for (const [at, value] of changes) {
          // A path is a file or a directory, never both.
          for (const known of Object.keys(next)) {
            if (known.startsWith(`${at}/`) || at.startsWith(`${known}/`)) delete next[known];
          }
          next[at] = value;
        }
        const removed = Object.fromEntries(
          Object.keys(current)
            .filter((at) => !(at in next))
            .map((at) => [at, null]),
        );
        const sha = await repository.commit({ ...removed, ...next });
        current = next;
        await fixture.store.ensureCommit(access, sha, 'refs/heads/main');
        const tree = await fixture.store.tree(access, sha);

        const listed = (await repository.git('ls-tree', '-r', '-t', '-z', sha)).split('\0').filter(Boolean);
        for (const row of listed) {
          const [mode, , id, at] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(row)?.slice(1) ?? [];
          const entry = await tree.entry(at as string);
          expect(entry?.id).toBe(id);
          expect(entry?.executable ?? false).toBe(mode === '100755');
        }
        if (previous !== undefined) {
          const diff = await repository.git('diff', '--name-only', '--no-renames', '-z', previous, sha);
          const expected = diff.split('\0').filter(Boolean).toSorted();
          expect(await fixture.store.changedPaths(access, previous, sha)).toEqual(expected);
        }
        previous = sha;
      }),
      { numRuns: 60 },
    );
  });
});
