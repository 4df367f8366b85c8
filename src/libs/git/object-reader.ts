import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { WindlassError } from '#base/errors';
import { gitArgs, gitEnv } from './git-command.ts';
import type { GitProgram } from './git-command.ts';
import { protocolError } from './pkt-line.ts';

type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface ObjectInfo {
  readonly id: string;
  readonly type: ObjectType;
  readonly size: number;
}

export interface GitObject extends ObjectInfo {
  readonly content: Buffer;
}

interface Waiting {
  readonly wantsContent: boolean;
  readonly resolve: (object: GitObject | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const idleMs = 30_000;
const noContent = Buffer.alloc(0);

/**
 * Reads objects of one mirror through one long-lived `git cat-file --batch-command`, started at first use and closed
 * when idle. Answers come in the order of the questions, so any number may be under way.
 */
export class ObjectReader {
  readonly #program: GitProgram;
  readonly #gitDir: string;
  readonly #onStart: () => void;
  #child: ChildProcessWithoutNullStreams | undefined;
  #waiting: Waiting[] = [];
  #chunks: Buffer[] = [];
  #buffered = 0;
  #header: ObjectInfo | undefined;
  #cancelIdle: (() => void) | undefined;

  constructor(program: GitProgram, gitDir: string, onStart: () => void = () => undefined) {
    this.#program = program;
    this.#gitDir = gitDir;
    this.#onStart = onStart;
  }

  /** Type and size of the object that a hex id or `<hex>^{commit}` names; undefined when the mirror does not hold it. */
  async info(name: string): Promise<ObjectInfo | undefined> {
    return this.#ask('info', name);
  }

  /** An object with its content; undefined when the mirror does not hold it. */
  contents(name: string): Promise<GitObject | undefined> {
    return this.#ask('contents', name);
  }

  close(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    const child = this.#child;
    this.#child = undefined;
    child?.stdin.end();
    child?.kill('SIGTERM');
    this.#fail(new WindlassError({ code: 'GIT_CLOSED', kind: 'Cancelled', message: 'The Git mirror was closed.' }));
  }

  #ask(command: 'info' | 'contents', name: string): Promise<GitObject | undefined> {
    // The name is written into a line-based protocol: nothing but an id may get there.
    if (!/^[0-9a-f]{4,64}(\^\{(commit|tree)\})?$/.test(name)) {
      return Promise.reject(protocolError('an object id is malformed'));
    }
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    const child = (this.#child ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wantsContent: command === 'contents', resolve, reject });
      child.stdin.write(`${command} ${name}\n`);
    });
  }

  #start(): ChildProcessWithoutNullStreams {
    const args = [...gitArgs({ gitDir: this.#gitDir }), 'cat-file', '--batch-command'];
    const child = spawn(this.#program.gitPath, args, { env: gitEnv(this.#program), cwd: this.#program.home });
    this.#onStart();
    this.#chunks = [];
    this.#buffered = 0;
    this.#header = undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      if (child === this.#child) this.#receive(chunk);
    });
    child.stderr.resume();
    child.stdin.on('error', () => undefined);
    const onEnd = (cause: unknown) => {
      if (child !== this.#child) return;
      this.#child = undefined;
      this.#fail(
        new WindlassError({
          code: 'GIT_MIRROR_BROKEN',
          kind: 'Internal',
          message: 'Git stopped while objects were read.',
          cause,
        }),
      );
    };
    child.on('error', onEnd);
    child.on('close', (code) => onEnd(`exit code ${code}`));
    return child;
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    // While a large object streams in, wait for all of it before joining the chunks.
    if (this.#header && this.#buffered < this.#header.size + 1) return;
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    for (;;) {
      const consumed = this.#takeAnswer(bytes);
      if (consumed === 0) break;
      bytes = bytes.subarray(consumed);
    }
    this.#chunks = bytes.length > 0 ? [bytes] : [];
    this.#buffered = bytes.length;
    if (this.#waiting.length === 0) this.#cancelIdle = this.#program.clock.after(idleMs, () => this.close());
  }

  /** Takes one header or one body from the front; how many bytes that were, 0 when more must come first. */
  #takeAnswer(bytes: Buffer): number {
    if (this.#header) {
      const { size } = this.#header;
      if (bytes.length < size + 1) return 0;
      // A copy of its own: a slice would keep the whole chunk alive.
      this.#answer({ ...this.#header, content: Buffer.from(bytes.subarray(0, size)) });
      this.#header = undefined;
      return size + 1;
    }
    const lineEnd = bytes.indexOf(0x0a);
    if (lineEnd < 0) return 0;
    const [id = '', type = '', size] = bytes.toString('utf8', 0, lineEnd).split(' ');
    if (size === undefined) this.#answer(undefined);
    else {
      const info: ObjectInfo = { id, type: type as ObjectType, size: Number(size) };
      if (this.#waiting[0]?.wantsContent) this.#header = info;
      else this.#answer({ ...info, content: noContent });
    }
    return lineEnd + 1;
  }

  #answer(object: GitObject | undefined): void {
    this.#waiting.shift()?.resolve(object);
  }

  #fail(error: WindlassError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
  }
}
