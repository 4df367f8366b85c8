import { gzipSync } from 'node:zlib';

/** One entry of a test archive; the odd ones are for tests of refusal. */
export interface TarEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  /** Type flag: '0' file, '1' hard link, '2' symbolic link, '5' directory, '6' FIFO. Default '0'. */
  readonly type?: string;
  readonly link?: string;
}

/** A ustar archive of entries as given, right or wrong. */
export function buildTar(entries: readonly TarEntry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const entry of entries) {
    const content = Buffer.from((entry.content ?? '') as string);
    blocks.push(header(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A gzip'ed archive of files below a root folder. */
export function buildTarball(files: Readonly<Record<string, string | Uint8Array>>, root = ''): Buffer {
  const prefix = root === '' ? '' : `${root}/`;
  return gzipSync(buildTar(Object.entries(files).map(([name, content]) => ({ name: prefix + name, content }))));
}

function header({ name, mode = 0o644, type = '0', link = '' }: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  const split = name.length > 100 ? name.lastIndexOf('/', 155) : -1;
  block.write(name.slice(split + 1), 0, 100);
  block.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write('ustar\x0000', 257);
  if (split > 0) block.write(name.slice(0, split), 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
