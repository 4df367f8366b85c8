import { parseDuration } from '#base/duration';
import type { OptionDefinition } from './command-definition.ts';
import { usageError } from './usage-error.ts';

export type FlagValue = string | boolean | readonly string[];

/** The flags of one invocation, read by long name. Asking for a flag that the command does not define is a programming error. */
export class Flags {
  readonly #definitions: ReadonlyMap<string, OptionDefinition>;
  readonly #given: ReadonlyMap<string, FlagValue>;
  readonly #own: ReadonlySet<string>;

  /** `own` names the command's own flags; the others are those that all commands have. */
  constructor(
    definitions: readonly OptionDefinition[],
    given: ReadonlyMap<string, FlagValue>,
    own: ReadonlySet<string> = new Set(),
  ) {
    this.#own = own;
    this.#definitions = new Map(definitions.map((definition) => [definition.name, definition]));
    this.#given = given;
  }

  has(name: string): boolean {
    return this.#definitions.has(name);
  }

  /** True when the user wrote it, whatever the value. */
  isSet(name: string): boolean {
    return this.#given.has(name);
  }

  is(name: string): boolean {
    const value = this.#given.get(name) ?? this.#definition(name).default;
    return value === true || value === 'true';
  }

  /** The text, or the default; undefined when there is neither, or when it is empty. */
  text(name: string): string | undefined {
    const value = this.#given.get(name) ?? this.#definition(name).default;
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** The text of a flag that all commands have; undefined where the command has one of its own by that name. */
  globalText(name: string): string | undefined {
    return this.has(name) && !this.#own.has(name) ? this.text(name) : undefined;
  }

  list(name: string): readonly string[] {
    this.#definition(name);
    const value = this.#given.get(name);
    if (value === undefined || typeof value === 'boolean') return [];
    return typeof value === 'string' ? [value] : value;
  }

  /** Throws USAGE when the value is no whole number. */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^-?\d{1,15}$/.test(text)) return Number(text);
    throw usageError(`--${name}: "${text}" is not a whole number.`, `Give a number, e.g. --${name} 10.`);
  }

  /** Milliseconds. Throws USAGE when the value is no duration. */
  durationMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    throw usageError(`--${name}: "${text}" is not a duration.`, `Give a duration such as --${name} 30s.`);
  }

  /** `key=value` pairs. Throws USAGE for one without "=". */
  pairs(name: string): readonly (readonly [key: string, value: string])[] {
    return this.list(name).map((pair) => {
      const cut = pair.indexOf('=');
      if (cut > 0) return [pair.slice(0, cut), pair.slice(cut + 1)] as const;
      throw usageError(`--${name}: "${pair}" is not of the form key=value.`, `Write --${name} key=value.`);
    });
  }

  #definition(name: string): OptionDefinition {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new Error(`The command defines no flag "${name}".`);
    return definition;
  }
}
