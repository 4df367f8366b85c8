import { WindlassError } from '#base/errors';
import type { HttpAnswer, HttpRemote } from './http-remote.ts';
import { limitExceeded, revisionNotFound, unreachable } from './git-errors.ts';
import { parseLsRefs, parseOldAdvertisement } from './parse-advertisement.ts';
import { delimiterPacket, encodePacket, flushPacket, packetText, protocolError, readPackets } from './pkt-line.ts';
import type { Ref } from './ref-advertisement.ts';
import { displayUrl } from './remote-url.ts';

const agent = 'agent=windlass';
const maxAdvertisementBytes = 64 * 1024 * 1024;

/** What a server said at first contact. */
export interface UploadPack {
  /** Where requests go, redirects of the first contact already followed. */
  readonly baseUrl: string;
  readonly version: 0 | 2;
  readonly capabilities: ReadonlySet<string>;
}

/** Asks a server which protocol it speaks. `refs` holds all refs where it is one that always tells them. */
export async function discoverUploadPack(
  remote: HttpRemote,
  signal?: AbortSignal,
): Promise<{ readonly uploadPack: UploadPack; readonly refs?: readonly Ref[] }> {
  const path = '/info/refs?service=git-upload-pack';
  const headers = { 'git-protocol': 'version=2', accept: '*/*' };
  const call = {
    method: 'GET',
    url: remote.remote.url + path,
    headers,
    signal,
    deadlineMs: remote.limits.requestTimeoutMs,
  } as const;
  return remote.send(call, async (answer) => {
    await expectType(remote, answer, 'application/x-git-upload-pack-advertisement');
    const lines = await collectLines(answer);
    const baseUrl = answer.url.endsWith(path) ? answer.url.slice(0, -path.length) : remote.remote.url;
    const start = lines[0]?.startsWith('# service=') ? 1 : 0;
    if (lines.some((text) => /\bobject-format=sha256\b/.test(text))) throw unsupportedFormat(remote);
    if (lines[start] === 'version 2') {
      return { uploadPack: { baseUrl, version: 2, capabilities: new Set(lines.slice(start + 1)) } };
    }
    const { refs, capabilities } = parseOldAdvertisement(lines.slice(start));
    return { uploadPack: { baseUrl, version: 0, capabilities }, refs };
  });
}

/** The refs below the prefixes (all for none): one request, an answer of tens of bytes for a single ref. */
export async function lsRefs(
  remote: HttpRemote,
  uploadPack: UploadPack,
  prefixes: readonly string[],
  signal?: AbortSignal,
): Promise<Ref[]> {
  const body =
    request('ls-refs') +
    ['peel', 'symrefs', ...prefixes.map((p) => `ref-prefix ${p}`)].map(line).join('') +
    flushPacket;
  return remote.send(call(uploadPack, body, remote.limits.requestTimeoutMs, signal), async (answer) => {
    await expectType(remote, answer, 'application/x-git-upload-pack-result');
    return parseLsRefs(await collectLines(answer));
  });
}

export interface PackWanted {
  readonly wants: readonly string[];
  /** Commits that the mirror holds with everything below them. */
  readonly haves: readonly string[];
}

/**
 * Fetches one pack and hands its bytes to `receive` as they come. The server packs against `haves`, so a new commit costs
 * a few hundred bytes. Throws GIT_REVISION_NOT_FOUND when the server does not have, or does not give, a wanted object.
 */
export async function fetchPack<T>(
  remote: HttpRemote,
  uploadPack: UploadPack,
  { wants, haves }: PackWanted,
  receive: (pack: AsyncIterable<Buffer>) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lines = [
    'thin-pack',
    'ofs-delta',
    'no-progress',
    ...wants.map((id) => `want ${id}`),
    ...haves.map((id) => `have ${id}`),
    'done',
  ];
  const body = request('fetch') + lines.map(line).join('') + flushPacket;
  return remote.send(call(uploadPack, body, remote.limits.fetchTimeoutMs, signal), async (answer) => {
    await expectType(remote, answer, 'application/x-git-upload-pack-result');
    return receive(packBytes(limited(answer.body, remote.limits.maxPackBytes), wants[0] ?? ''));
  });
}

function request(command: string): string {
  return line(`command=${command}`) + line(agent) + line('object-format=sha1') + delimiterPacket;
}

function line(text: string): string {
  return encodePacket(`${text}\n`);
}

function call(uploadPack: UploadPack, body: string, deadlineMs: number, signal: AbortSignal | undefined) {
  const headers = {
    'content-type': 'application/x-git-upload-pack-request',
    accept: 'application/x-git-upload-pack-result',
    'git-protocol': 'version=2',
  };
  return { method: 'POST', url: `${uploadPack.baseUrl}/git-upload-pack`, headers, body, signal, deadlineMs } as const;
}

async function expectType(remote: HttpRemote, answer: HttpAnswer, type: string): Promise<void> {
  const actual = answer.headers['content-type'];
  if (typeof actual === 'string' && actual.split(';')[0]?.trim() === type) return;
  await answer.body.dump();
  throw unreachable(remote.access.url, 'the server does not answer as a Git repository');
}

function unsupportedFormat(remote: HttpRemote): WindlassError {
  return new WindlassError({
    code: 'GIT_OBJECT_FORMAT_UNSUPPORTED',
    kind: 'Unimplemented',
    message: `The Git repository "${displayUrl(remote.access.url)}" uses SHA-256 object ids, which are not supported.`,
    hint: 'Use a repository with SHA-1 object ids, which is what all hosting services create.',
    retry: 'never',
  });
}

async function collectLines(answer: HttpAnswer): Promise<string[]> {
  const lines: string[] = [];
  for await (const packet of readPackets(limited(answer.body, maxAdvertisementBytes))) {
    if (typeof packet !== 'string') lines.push(packetText(packet));
  }
  const refusal = lines.find((text) => text.startsWith('ERR '));
  if (refusal) throw protocolError(`the server refused: ${refusal.slice('ERR '.length, 300)}`);
  return lines;
}

async function* packBytes(chunks: AsyncIterable<Uint8Array>, wanted: string): AsyncGenerator<Buffer> {
  let inPack = false;
  let isComplete = false;
  for await (const packet of readPackets(chunks)) {
    isComplete = packet === 'flush';
    if (typeof packet === 'string') continue;
    if (!inPack) {
      const text = packetText(packet);
      if (text.startsWith('ERR ')) throw revisionNotFound(wanted, 'the server does not offer this commit', text);
      inPack = text === 'packfile';
      continue;
    }
    // The first byte names the band: 1 data, 2 progress, 3 a fatal error.
    if (packet[0] === 1) yield packet.subarray(1);
    else if (packet[0] === 3)
      throw protocolError(`the server gave up: ${packetText(packet.subarray(1)).slice(0, 300)}`);
  }
  if (!inPack || !isComplete) throw protocolError('the answer ends before the pack is complete');
}

async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw limitExceeded(`The Git server sent more than ${maxBytes} bytes.`);
    yield chunk;
  }
}
