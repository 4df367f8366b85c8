import { parseExact, stringifyExact } from '#base/json';
import { WindlassError } from '#base/errors';
import type { ErrorDetail } from '#base/errors';

/** One line of an answer: a value, the failure, or the end of a stream. What ends without one of the last two was cut off. */
export type Frame =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'error'; readonly error: ErrorDetail }
  | { readonly type: 'end' };

export const tokenHeader = 'authorization';
/** Milliseconds that the caller is willing to wait: the server stops working then. */
export const deadlineHeader = 'x-windlass-deadline-ms';

export function encodeFrame(frame: Frame): string {
  return `${stringifyExact(frame)}\n`;
}

/** The frames of a body, as they arrive. Throws RPC_ANSWER_CUT when it ends in the middle. */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<Frame> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      yield parseFrame(Buffer.concat([...pending, rest.subarray(0, end)]).toString('utf8'));
      pending = [];
      pendingBytes = 0;
      rest = rest.subarray(end + 1);
    }
    pendingBytes += rest.length;
    if (pendingBytes > maxLineBytes) throw tooLong(maxLineBytes);
    if (rest.length > 0) pending.push(rest);
  }
  if (pendingBytes > 0) throw cutOff();
}

export function cutOff(cause?: unknown): WindlassError {
  return new WindlassError({
    code: 'RPC_ANSWER_CUT',
    kind: 'Unavailable',
    message: 'The connection ended before the answer did.',
    retry: 'now',
    ...(cause === undefined ? {} : { cause }),
  });
}

function parseFrame(line: string): Frame {
  return parseExact(line) as Frame;
}

function tooLong(limit: number): WindlassError {
  return new WindlassError({
    code: 'RPC_MESSAGE_TOO_LARGE',
    kind: 'ResourceExhausted',
    message: `A message is longer than ${limit} bytes.`,
    retry: 'never',
  });
}
