import { pino } from 'pino';
import type { Logger as PinoLogger, Level } from 'pino';

export type LogLevel = Level;

/** Structured logger. Fields first, then a sentence: `log.info({ app }, 'Synced')`. */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(fields: Record<string, unknown>): Logger;
};

export interface LogOptions {
  readonly level?: LogLevel;
  /** `json` in production, `text` on a terminal. */
  readonly format?: 'json' | 'text';
  readonly write?: (line: string) => void;
}

/** A logger that writes to standard error, so that standard output stays for results. */
export function createLogger({ level = 'info', format = 'json', write }: LogOptions = {}): Logger {
  const emit = write ?? ((line: string) => void process.stderr.write(line));
  const destination = { write: format === 'json' ? emit : (line: string) => emit(toText(line)) };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** A logger that says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });

function toText(line: string): string {
  const { time, level, msg, component, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${asText(value)}`);
  const error = err === undefined ? '' : ` error=${asText((err as { message?: string }).message ?? err)}`;
  const from = component === undefined ? '' : `${asText(component)}: `;
  return `${asText(time).slice(11, 23)} ${asText(level).toUpperCase().padEnd(5)} ${from}${asText(msg ?? '')}${rest.join('')}${error}\n`;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
