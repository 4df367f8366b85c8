import { WindlassError } from '#base/errors';

/** One packet of Git's wire protocol: a payload, or one of its three separators. */
export type Packet = Buffer | 'flush' | 'delimiter' | 'response-end';

export const flushPacket = '0000';
export const delimiterPacket = '0001';

/** A line as a packet: four hex digits of length, then the payload. */
export function encodePacket(payload: string): string {
  return (Buffer.byteLength(payload) + 4).toString(16).padStart(4, '0') + payload;
}

/** Splits a byte stream into packets. Throws GIT_PROTOCOL_ERROR when a length is malformed or the stream ends early. */
export async function* readPackets(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Packet> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes =
      rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      if (bytes.length - at < 4) break;
      const length = packetLength(bytes, at);
      if (length >= 4 && bytes.length - at < length) break;
      if (length < 4) {
        yield length === 0 ? 'flush' : length === 1 ? 'delimiter' : 'response-end';
        at += 4;
      } else {
        yield bytes.subarray(at + 4, at + length);
        at += length;
      }
    }
    rest = bytes.subarray(at);
  }
  if (rest.length > 0) throw protocolError('the answer ends in the middle of a packet');
}

/** A packet's text without its line feed. */
export function packetText(packet: Buffer): string {
  const text = packet.toString('utf8');
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** Thrown when the peer does not speak Git's protocol as documented. */
export function protocolError(why: string): WindlassError {
  return new WindlassError({
    code: 'GIT_PROTOCOL_ERROR',
    kind: 'Unavailable',
    message: `The Git server broke the protocol: ${why}.`,
    hint: 'Check that the URL is that of a Git repository and that no proxy changes its answers.',
  });
}

function packetLength(bytes: Buffer, at: number): number {
  const digits = bytes.toString('latin1', at, at + 4);
  const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : 3;
  if (length === 3) throw protocolError('a packet has no valid length');
  return length;
}
