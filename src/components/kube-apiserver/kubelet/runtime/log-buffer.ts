import type { LogLine } from './simulated-log.ts';

const maxLines = 10_000;

/** What a real process has printed, its last ten thousand lines. */
export class LogBuffer {
  #lines: LogLine[] = [];
  /** Lines dropped from the front: positions stay valid. */
  #dropped = 0;
  #rest = '';

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  get end(): number {
    return this.#dropped + this.#lines.length;
  }

  /** Adds a chunk of output; the last line may be unfinished. */
  write(chunk: string, atMs: number): void {
    const parts = (this.#rest + chunk).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const text of parts) this.#lines.push({ atMs, text });
    const excess = this.#lines.length - maxLines;
    if (excess > 0) {
      this.#lines.splice(0, excess);
      this.#dropped += excess;
    }
  }

  /** The process has ended: what it left without a line break is a line. */
  finish(atMs: number): void {
    if (this.#rest !== '') this.write('\n', atMs);
  }
}
