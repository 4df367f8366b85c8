import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WindlassError } from '#base/errors';
import { createLogger } from '#base/log';
import type { Logger, LogLevel } from '#base/log';
import { Secret } from '#base/secret';
import type { Invocation, OptionDefinition } from '#components/cli';

/** Flags that every component takes when it runs alone. */
export const componentOptions: readonly OptionDefinition[] = [
  { name: 'data-dir', type: 'string', summary: 'Where state is kept', default: '.windlass', complete: 'directory' },
  {
    name: 'log-level',
    type: 'string',
    summary: 'Least severe message to log',
    default: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
  },
  { name: 'log-format', type: 'string', summary: 'How to log', default: 'json', choices: ['text', 'json'] },
];

export function dataDirOf({ flags, cwd }: Invocation): string {
  return resolve(cwd, flags.text('data-dir') ?? '.windlass');
}

export function loggerOf({ flags }: Invocation): Logger {
  return createLogger({
    level: flags.text('log-level') as LogLevel,
    format: flags.text('log-format') as 'json' | 'text',
  });
}

/** The shared token of two components, from a file that only they can read. Throws TOKEN_FILE_INVALID. */
export async function readToken(file: string | undefined, flag: string): Promise<Secret> {
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  if (text.trim().length >= 16) return new Secret(text.trim());
  throw new WindlassError({
    code: 'TOKEN_FILE_INVALID',
    kind: 'InvalidInput',
    message:
      file === undefined ? `--${flag} is missing.` : `The file "${file}" holds no token of at least 16 characters.`,
    hint: `Make one: (umask 077; head -c 24 /dev/urandom | base64 > token), and give it to both components by --${flag}.`,
    at: { field: flag },
  });
}
