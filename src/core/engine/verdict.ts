/** Why something is as it is, as data: surfaces render the sentence, rules and tests read code and parameters. */
export interface Verdict {
  /** Stable, kebab-case, e.g. `in-sync`, `field-differs`, `deployment-progress-deadline`. */
  readonly code: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly sentence: string;
}
