/** Whether resource version `a` comes before `b`; false where they cannot be compared. */
export function isOlderVersion(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
