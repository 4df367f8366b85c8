import { archiveTooLarge, invalidArchive } from './registry-errors.ts';

/** A regular file of an archive. */
export interface TarFile {
  /** As the archive spells it, unchecked. */
  readonly name: string;
  readonly mode: number;
  readonly content: Buffer;
}

export interface TarLimits {
  readonly maxEntries: number;
  readonly maxFileBytes: number;
}

const blockBytes = 512;
const maxHeaderBytes = 64 * 1024;

interface Header {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}

/**
 * Reads the regular files of a tar stream (ustar, GNU long names, pax), one at a time. Directories are passed over: they
 * follow from the files. Links, devices and everything else make the whole archive invalid. Throws ARCHIVE_INVALID and
 * ARCHIVE_LIMIT.
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>, limits: TarLimits): AsyncGenerator<TarFile> {
  const input = new BlockReader(chunks);
  let entries = 0;
  let longName: string | undefined;
  let pax: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const block = await input.read(blockBytes);
    if (block === undefined || block.every((byte) => byte === 0)) return;
    if (++entries > limits.maxEntries) throw archiveTooLarge(`it has more than ${limits.maxEntries} entries`);
    const header = parseHeader(block);
    const size = Number(pax.get('size') ?? header.size);
    if (!Number.isSafeInteger(size) || size < 0) throw invalidArchive('an entry has no valid size');
    const isMeta = 'xgLK'.includes(header.type);
    const limit = isMeta ? maxHeaderBytes : limits.maxFileBytes;
    if (size > limit) throw archiveTooLarge(`an entry has ${size} bytes, and at most ${limit} are accepted`);
    const content = await input.readPadded(size);
    if (header.type === 'x') pax = parsePax(content);
    else if (header.type === 'L') longName = untilNul(content);
    else if (!isMeta) {
      const name = pax.get('path') ?? longName ?? header.name;
      if (header.type === '0') yield { name, mode: header.mode, content };
      else if (header.type !== '5') throw invalidArchive(`"${name.slice(0, 100)}" is a link or special file`);
      [longName, pax] = [undefined, new Map()];
    }
  }
}

function parseHeader(block: Buffer): Header {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (octal(block, 148, 8) !== sum) throw invalidArchive('a header has a wrong checksum');
  const type = block.toString('latin1', 156, 157);
  const isUstar = block.toString('latin1', 257, 262) === 'ustar';
  const prefix = isUstar && block.toString('latin1', 257, 263) === 'ustar\0' ? untilNul(block.subarray(345, 500)) : '';
  const name = untilNul(block.subarray(0, 100));
  return {
    name: prefix ? `${prefix}/${name}` : name,
    mode: octal(block, 100, 8),
    size: octal(block, 124, 12),
    // Old archives mark a regular file by NUL, and a directory by the slash at the end of its name.
    type: type === '\0' || type === '7' ? (name.endsWith('/') ? '5' : '0') : type,
  };
}

function octal(block: Buffer, at: number, length: number): number {
  const text = block
    .toString('latin1', at, at + length)
    .replace(/[\0 ]+$/, '')
    .trim();
  if (!/^[0-7]*$/.test(text)) throw invalidArchive('a header holds no valid number');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** Records `length key=value\n`. */
function parsePax(content: Buffer): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(content.toString('latin1', at, space));
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > content.length)
      throw invalidArchive('a pax header is malformed');
    const record = content.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    const key = record.slice(0, equals);
    if (key.startsWith('GNU.sparse')) throw invalidArchive('it holds sparse files');
    values.set(key, record.slice(equals + 1));
    at += length;
  }
  return values;
}

function untilNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('utf8', 0, nul < 0 ? bytes.length : nul);
}

/** Takes exact numbers of bytes from a stream. */
class BlockReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunks: Buffer[] = [];
  #buffered = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  /** Undefined at the end of the stream; throws when it ends within. */
  async read(length: number): Promise<Buffer | undefined> {
    while (this.#buffered < length) {
      const next = await this.#source.next();
      if (next.done) {
        if (this.#buffered === 0) return undefined;
        throw invalidArchive('it ends too early');
      }
      this.#chunks.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
      this.#buffered += next.value.byteLength;
    }
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(length)];
    this.#buffered -= length;
    return all.subarray(0, length);
  }

  async readPadded(length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const content = await this.read(Math.ceil(length / blockBytes) * blockBytes);
    if (content === undefined) throw invalidArchive('it ends too early');
    return Buffer.from(content.subarray(0, length));
  }
}
