import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delimiterPacket, encodePacket, flushPacket, readPackets } from './pkt-line.ts';
import type { Packet } from './pkt-line.ts';

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) yield bytes.subarray(at, (at += size));
  yield bytes.subarray(at);
}

async function collect(text: string, sizes: readonly number[] = []): Promise<string[]> {
  const packets: string[] = [];
  for await (const packet of readPackets(inPieces(Buffer.from(text), sizes))) packets.push(show(packet));
  return packets;
}

function show(packet: Packet): string {
  return typeof packet === 'string' ? `<${packet}>` : packet.toString();
}

describe('readPackets', () => {
  it('gives back what was encoded, however the stream is cut', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(9)), async (lines, sizes) => {
        const text = lines.map(encodePacket).join('') + delimiterPacket + flushPacket;
        expect(await collect(text, sizes)).toEqual([...lines, '<delimiter>', '<flush>']);
      }),
    );
  });

  it.each(['zzzz', '0003', '-001', '00'])('refuses %j', async (text) => {
    await expect(collect(text)).rejects.toMatchObject({ code: 'GIT_PROTOCOL_ERROR' });
  });

  it('refuses a stream that ends within a packet', async () => {
    await expect(collect('0010abc')).rejects.toMatchObject({ code: 'GIT_PROTOCOL_ERROR' });
  });
});
