import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';

function pathOf(name: string): string {
  return join(import.meta.dirname, 'recorded', `${name}.json.br`);
}

/** What the real server answered when `record.ts` ran last. */
export function readRecording(name: string): unknown {
  return JSON.parse(brotliDecompressSync(readFileSync(pathOf(name))).toString('utf8'));
}

export function writeRecording(name: string, value: unknown): void {
  writeFileSync(pathOf(name), brotliCompressSync(JSON.stringify(value)));
}
