import { limitExceeded } from './git-errors.ts';
import { protocolError } from './pkt-line.ts';
import type { Ref } from './ref-advertisement.ts';

const maxRefs = 200_000;
const idPattern = /^[0-9a-f]{40}$/;

/** The lines of a version 2 `ls-refs` answer: `id name [symref-target:x] [peeled:id]`. */
export function parseLsRefs(lines: readonly string[]): Ref[] {
  if (lines.length > maxRefs) throw tooManyRefs();
  return lines.flatMap((line) => {
    const [sha = '', name = '', ...attributes] = line.split(' ');
    if (sha === 'unborn') return [];
    const attribute = (key: string) => attributes.find((a) => a.startsWith(key))?.slice(key.length);
    return toRef(sha, name, { symref: attribute('symref-target:'), peeled: attribute('peeled:') });
  });
}

/** The lines of a version 0 advertisement: `id name`, the first with capabilities after a NUL, `name^{}` for peeled tags. */
export function parseOldAdvertisement(lines: readonly string[]): {
  readonly refs: Ref[];
  readonly capabilities: ReadonlySet<string>;
} {
  const [first = '', capabilityText = ''] = (lines[0] ?? '').split('\0');
  const capabilities = capabilityText.split(' ').filter(Boolean);
  const head = capabilities.find((c) => c.startsWith('symref=HEAD:'))?.slice('symref=HEAD:'.length);
  const pairs = [first, ...lines.slice(1)].map((line) => line.split(' ') as [string, string?]);
  const refs = fromPairs(
    pairs
      .filter(([, name]) => name !== undefined && name !== 'capabilities^{}')
      .map(([sha, name]) => [sha, name as string]),
    head,
  );
  return { refs, capabilities: new Set(capabilities) };
}

/** The output of `git ls-remote --symref`: `id TAB name` lines, and `ref: target TAB HEAD`. */
export function parseLsRemote(output: string): Ref[] {
  const rows = output
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t') as [string, string]);
  const head = rows.find(([value, name]) => name === 'HEAD' && value.startsWith('ref: '))?.[0].slice('ref: '.length);
  return fromPairs(
    rows.filter(([value]) => !value.startsWith('ref: ')),
    head,
  );
}

/** The refs that lie below one of the prefixes; all for no prefix. */
export function filterRefs(refs: readonly Ref[], prefixes: readonly string[]): Ref[] {
  return refs.filter(({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)));
}

function fromPairs(pairs: readonly (readonly [string, string])[], headTarget: string | undefined): Ref[] {
  if (pairs.length > maxRefs) throw tooManyRefs();
  const peeled = new Map(
    pairs.filter(([, name]) => name.endsWith('^{}')).map(([sha, name]) => [name.slice(0, -3), sha]),
  );
  return pairs
    .filter(([, name]) => !name.endsWith('^{}'))
    .flatMap(([sha, name]) =>
      toRef(sha, name, { symref: name === 'HEAD' ? headTarget : undefined, peeled: peeled.get(name) }),
    );
}

function toRef(sha: string, name: string, more: { symref: string | undefined; peeled: string | undefined }): Ref[] {
  if (!idPattern.test(sha) || (more.peeled !== undefined && !idPattern.test(more.peeled))) {
    throw protocolError('a ref has no valid object id');
  }
  // A name that Git itself would not accept is of no use to anybody, and of some use to an attacker (safety.md C11).
  if (!isSafeRefName(name)) return [];
  return [
    {
      name,
      sha,
      ...(more.peeled === undefined ? {} : { peeled: more.peeled }),
      ...(more.symref === undefined ? {} : { symref: more.symref }),
    },
  ];
}

function isSafeRefName(name: string): boolean {
  if (name === 'HEAD') return true;
  // oxlint-disable-next-line no-control-regex
  return (
    name.startsWith('refs/') &&
    name.length <= 4096 &&
    !/[\0-\x20\x7f~^:?*[\\]|\.\.|\/\/|@\{|\/\.|\.lock(\/|$)|[/.]$/.test(name)
  );
}

function tooManyRefs() {
  return limitExceeded(`The Git server announced more than ${maxRefs} refs.`);
}
