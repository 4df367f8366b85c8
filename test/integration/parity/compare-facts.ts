import { deepEqual } from '#base/json';
import type { Facts } from './recorded-cases.ts';

export interface FactDifference {
  readonly fact: keyof Facts;
  readonly argo: unknown;
  readonly windlass: unknown;
}

/** Facts that the recording holds and that are different here. Only presence matters of `retries`: how many fit in depends on the clock. */
export function compareFacts(recorded: Facts, seen: Facts): FactDifference[] {
  return (Object.keys(recorded) as (keyof Facts)[]).flatMap((fact) => {
    const argo = recorded[fact];
    const windlass = seen[fact];
    const isEqual = fact === 'retries' ? Number(argo) > 0 === Number(windlass) > 0 : deepEqual(argo, windlass);
    return isEqual ? [] : [{ fact, argo, windlass }];
  });
}
