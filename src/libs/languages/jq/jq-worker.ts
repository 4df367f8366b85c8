import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { JqCall, JqReply } from './jq-messages.ts';

interface Jq {
  raw(json: string, filter: string, flags: readonly string[]): string;
}

// Real jq as WebAssembly; a CommonJS module whose value is a promise.
const jq = await (createRequire(import.meta.url)('jq-web') as Promise<Jq>);

parentPort?.on('message', ({ id, program, input }: JqCall) => {
  parentPort?.postMessage(answer(id, program, input));
});

// The first program compiles jq itself, which must not count against anybody's time.
parentPort?.postMessage(answer(0, '.', 'null'));

function answer(id: number, program: string, input: string): JqReply {
  try {
    return { id, output: jq.raw(input, program, ['-c']) };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}
