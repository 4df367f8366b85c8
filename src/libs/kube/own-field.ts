/**
 * Objects hold keys that users choose (labels, ConfigMap data), so a key may be called `constructor` or `__proto__`.
 * These two keep such keys data: nothing inherited is read, no prototype is written.
 */
export function ownField(object: Readonly<Record<string, unknown>>, key: string): unknown {
  const value = object[key];
  // JSON holds no functions: only an inherited member can be one, so that the costly test is needed for those alone.
  return (typeof value === 'function' || key === '__proto__') && !Object.hasOwn(object, key) ? undefined : value;
}

export function setField(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

/** A shallow copy that keeps every own key, whatever its name. */
export function copyFields(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...object };
}

/** A shallow copy without one key. */
export function omitField(object: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const copy = copyFields(object);
  delete copy[key];
  return copy;
}
