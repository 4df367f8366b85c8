/** Go leaves empty numbers and texts out of JSON (`omitempty`), except in fields declared otherwise: those are `kept`. */
export function withoutZeros<T extends object>(status: T, ...kept: readonly (keyof T)[]): T {
  const entries = Object.entries(status).filter(
    ([key, value]) => (value !== 0 && value !== '' && value !== undefined) || kept.includes(key as keyof T),
  );
  return Object.fromEntries(entries) as T;
}
