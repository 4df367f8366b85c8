import type { Clock } from '#base/clock';

/** Tells a person what start-up is doing: a line for every finished step, and one for a step that takes over a second. */
export interface Progress {
  step<T>(what: string, work: () => Promise<T>, result?: (value: T) => string): Promise<T>;
  line(text: string): void;
}

export function createProgress(clock: Clock, write: (line: string) => void): Progress {
  return {
    line: write,
    async step(what, work, result) {
      const started = clock.monotonic();
      const cancel = clock.after(1000, () => write(`  … ${what}`));
      try {
        const value = await work();
        const seconds = (clock.monotonic() - started) / 1000;
        write(`  ✓ ${result ? result(value) : what}${seconds >= 0.1 ? ` (${seconds.toFixed(1)} s)` : ''}`);
        return value;
      } catch (error) {
        write(`  ✗ ${what}`);
        throw error;
      } finally {
        cancel();
      }
    },
  };
}
