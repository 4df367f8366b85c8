/** Why automation leaves one revision alone: the value of the annotation `windlass.dev/hold`, as JSON. */
export interface Hold {
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string;
  /** The quarantined revisions, one per source: automation resumes when Git moves past them. */
  readonly skipRevisions: readonly string[];
  /** The history id that was rolled back to. */
  readonly historyId: number;
}

export function formatHold(hold: Hold): string {
  return JSON.stringify(hold);
}

/** Undefined for text that is no hold. */
export function parseHold(text: string | undefined): Partial<Hold> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
