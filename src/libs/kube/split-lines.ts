/** Lines of a byte stream as text, without their newline; an unfinished last line is dropped, as a cut-off watch event must be. */
export async function* splitLines(stream: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let rest: Buffer[] = [];
  for await (const bytes of stream) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(10, start); end >= 0; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end);
      const line = rest.length === 0 ? part.toString('utf8') : Buffer.concat([...rest, part]).toString('utf8');
      rest = [];
      start = end + 1;
      if (line !== '') yield line;
    }
    if (start < chunk.length) rest.push(Buffer.from(chunk.subarray(start)));
  }
}
