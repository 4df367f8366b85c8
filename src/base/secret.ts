import { inspect } from 'node:util';

const redacted = '[redacted]';

/** A value that no serialiser, log line or template prints. `reveal` is for the sink that needs it. */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toJSON(): string {
    return redacted;
  }

  toString(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
