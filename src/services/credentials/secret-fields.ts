import { WindlassError } from '#base/errors';
import { Secret } from '#base/secret';
import type { KubeObject } from '#libs/kube';

/** Something in a Secret or ConfigMap that has no effect, or not the one its author expects. */
export interface CredentialProblem {
  readonly code: 'UNKNOWN_FIELD' | 'UNSUPPORTED_FIELD' | 'INVALID_VALUE';
  readonly field: string;
  readonly message: string;
}

/** A parsed value with what was wrong beside it: reported, never ignored silently. */
export interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly CredentialProblem[];
}

/** The fields of one Kubernetes Secret, decoded; remembers which were read. */
export class SecretFields {
  readonly #values: ReadonlyMap<string, string>;
  readonly #read = new Set<string>();
  readonly problems: CredentialProblem[] = [];
  readonly secretName: string;

  constructor(secret: KubeObject) {
    this.secretName = secret.metadata.name ?? '';
    this.#values = decodeData(secret);
  }

  /** The trimmed text of a field; undefined when absent or empty. */
  text(name: string): string | undefined {
    this.#read.add(name);
    const value = this.#values.get(name)?.trim();
    return value === '' ? undefined : value;
  }

  /** A field that must not be printed. Not trimmed: blanks may belong to a password. */
  secret(name: string): Secret | undefined {
    this.#read.add(name);
    const value = this.#values.get(name);
    return value === undefined || value === '' ? undefined : new Secret(value);
  }

  boolean(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^(1|t|true)$/i.test(value)) return true;
    if (!/^(0|f|false)$/i.test(value)) this.#invalid(name, 'must be "true" or "false"');
    return false;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^-?\d{1,15}$/.test(value)) return Number(value);
    this.#invalid(name, 'must be a whole number');
    return undefined;
  }

  /** Marks a field that Argo CD knows and we have no use for: no effect on the result, so no problem. */
  accept(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Reports a field that would change the result, if it is set. */
  unsupported(names: readonly string[], instead: string): void {
    for (const field of names) {
      if (this.text(field) === undefined) continue;
      this.problems.push({ code: 'UNSUPPORTED_FIELD', field, message: `"${field}" is not supported: ${instead}.` });
    }
  }

  /** Reports what nobody asked for, and returns the value with all problems. */
  finish<T>(value: T): Parsed<T> {
    for (const field of this.#values.keys()) {
      if (this.#read.has(field)) continue;
      this.problems.push({ code: 'UNKNOWN_FIELD', field, message: `"${field}" is no field of such a Secret.` });
    }
    return { value, problems: this.problems };
  }

  /** Thrown when a Secret lacks what it cannot do without, or contradicts itself. */
  fail(message: string, field?: string): WindlassError {
    return new WindlassError({
      code: 'CREDENTIAL_SECRET_INVALID',
      kind: 'InvalidInput',
      message: `The Secret "${this.secretName}" is not usable: ${message}.`,
      hint: 'Correct the Secret; the other repositories and clusters are not affected.',
      ...(field === undefined ? {} : { at: { field } }),
    });
  }

  #invalid(field: string, message: string): void {
    this.problems.push({ code: 'INVALID_VALUE', field, message: `"${field}" ${message}.` });
  }
}

/** `data` is base64; `stringData` (a manifest that was not applied yet) wins over it, as on the API server. */
function decodeData(secret: KubeObject): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of stringEntries(secret['data']))
    values.set(name, Buffer.from(value, 'base64').toString('utf8'));
  for (const [name, value] of stringEntries(secret['stringData'])) values.set(name, value);
  return values;
}

/** The string members of a `data` map of a Secret or ConfigMap. */
export function stringEntries(data: unknown): [string, string][] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
