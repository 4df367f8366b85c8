import type { Flags } from '../program/flags.ts';
import { usageError } from '../program/usage-error.ts';
import type { ApplicationRef } from './session.ts';

/** Reads `name` or `namespace/name`; `--app-namespace` says the namespace of a bare name (`compatibility.md` m). */
export function parseApplicationRef(text: string, flags: Flags, controlNamespace: string): ApplicationRef {
  const parts = text.split('/');
  if (parts.length > 2 || parts.some((part) => part === '')) {
    throw usageError(`"${text}" is no application.`, 'Write NAME or NAMESPACE/NAME.');
  }
  const [first = '', second] = parts;
  if (second !== undefined) return { namespace: first, name: second };
  return { namespace: flags.text('app-namespace') ?? controlNamespace, name: first };
}

export function formatApplicationRef({ namespace, name }: ApplicationRef): string {
  return `${namespace}/${name}`;
}
