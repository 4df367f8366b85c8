import { parseDuration } from '#base/duration';
import { toWindlassError } from '#base/errors';
import { parseYamlDocuments } from '#libs/languages/yaml';
import type { SettingsProblem } from './application-settings.ts';

/** Reads one ConfigMap key by key: a value that cannot be used is reported, and the last good one stays. */
export class SettingsReader {
  readonly #configMap: string;
  readonly #values: Readonly<Record<string, string>>;
  readonly #read = new Set<string>();
  readonly problems: SettingsProblem[] = [];

  constructor(configMap: string, values: Readonly<Record<string, string>>) {
    this.#configMap = configMap;
    this.#values = values;
  }

  text(key: string): string | undefined {
    this.#read.add(key);
    const value = this.#values[key]?.trim();
    return value === '' ? undefined : value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.text(key);
    if (value === undefined) return fallback;
    if (/^(1|t|true)$/i.test(value)) return true;
    if (/^(0|f|false)$/i.test(value)) return false;
    this.invalid(key, `"${value}" is neither "true" nor "false"`);
    return fallback;
  }

  number(key: string, fallback: number): number {
    const value = this.text(key);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (Number.isFinite(number)) return number;
    this.invalid(key, `"${value}" is not a number`);
    return fallback;
  }

  /** Milliseconds. */
  duration<T extends number | undefined>(key: string, fallback: T): number | T {
    const value = this.text(key);
    if (value === undefined) return fallback;
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= 0) return ms;
    this.invalid(key, `"${value}" is not a duration such as "120s"`);
    return fallback;
  }

  list(key: string): readonly string[] | undefined {
    return this.text(key)
      ?.split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  oneOf<T extends string>(key: string, values: readonly T[], fallback: T): T {
    const value = this.text(key);
    if (value === undefined) return fallback;
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    this.invalid(key, `"${value}" is none of ${values.map((one) => `"${one}"`).join(', ')}`);
    return fallback;
  }

  /** The YAML value of a key, read by `convert`; what it throws or cannot parse is reported. */
  yaml<T>(key: string, fallback: T, convert: (value: unknown) => T): T {
    const text = this.text(key);
    if (text === undefined) return fallback;
    try {
      return convert(parseYamlDocuments(text, { file: key })[0]?.value);
    } catch (error) {
      this.invalid(key, toWindlassError(error).message);
      return fallback;
    }
  }

  /** The keys that begin with a prefix, with what follows it. */
  withPrefix(prefix: string): readonly (readonly [key: string, rest: string])[] {
    return Object.keys(this.#values)
      .filter((key) => key.startsWith(prefix))
      .map((key) => [key, key.slice(prefix.length)] as const);
  }

  /** Keys that belong to other components. */
  accept(isForeign: (key: string) => boolean): void {
    for (const key of Object.keys(this.#values)) if (isForeign(key)) this.#read.add(key);
  }

  notImplemented(key: string, instead: string): void {
    const value = this.text(key);
    if (value === undefined || /^false$/i.test(value)) return;
    this.#report('not-implemented', key, `"${key}" is not implemented and has no effect: ${instead}.`);
  }

  invalid(key: string, why: string): void {
    this.#report('invalid', key, `"${key}" cannot be used, the last good value stays: ${why}.`);
  }

  finish(): void {
    for (const key of Object.keys(this.#values)) {
      if (!this.#read.has(key)) this.#report('unknown', key, `"${key}" is not known and has no effect.`);
    }
  }

  #report(code: SettingsProblem['code'], key: string, message: string): void {
    this.problems.push({ code, configMap: this.#configMap, key, message });
  }
}
