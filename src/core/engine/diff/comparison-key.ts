export interface ComparisonInputs {
  /** `hashJson` of the normalised, tracked desired object; "" when absent. */
  readonly desiredHash: string;
  /** "" when absent. */
  readonly liveResourceVersion: string;
  readonly rulesEpoch: string;
}

/** Two comparisons with the same key have the same answer: nothing else goes in. */
export function comparisonKey({ desiredHash, liveResourceVersion, rulesEpoch }: ComparisonInputs): string {
  return `${desiredHash}/${liveResourceVersion}/${rulesEpoch}`;
}
