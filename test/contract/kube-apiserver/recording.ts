import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';

function pathOf(name: string): string {
  return join(import.meta.dirname, 'recorded', `${name}.json.br`);
}

/** What the real server answered when `record.ts` ran last. */
export function readRecording<T>(name: string): T {
  return JSON.parse(brotliDecompressSync(readFileSync(pathOf(name))).toString('utf8')) as T;
}

export function writeRecording(name: string, value: unknown): void {
  writeFileSync(pathOf(name), brotliCompressSync(JSON.stringify(value)));
}
