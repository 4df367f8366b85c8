import type { Application } from '#core/api';
import { annotations } from '#core/api';

/** What makes an application be looked at. Times are milliseconds since the epoch. */
export interface RefreshInput {
  readonly application: Pick<Application, 'metadata'>;
  /** Hash of everything in the spec that decides what is wanted where; with the settings' epoch. */
  readonly specHash: string;
  /** What the last full comparison was made from; undefined = there was none in this process. */
  readonly last: LastLook | undefined;
  /** The newest known revisions, or why there are none, as one text. */
  readonly revisionsKey: string;
  /** Managed resources that a watch reported since. */
  readonly changedResources: number;
  readonly isForced: boolean;
  readonly nowMs: number;
  /** 0: never. */
  readonly hardIntervalMs: number;
}

/** What a full look was made from. */
export interface LastLook {
  readonly specHash: string;
  readonly revisionsKey: string;
  readonly renderedAtMs: number;
}

export type RefreshDecision =
  | { readonly type: 'none' }
  /** Compare only what a watch reported. */
  | { readonly type: 'resources' }
  /** Ask what is wanted, compare everything. `noCache`: render although nothing that was read changed. */
  | { readonly type: 'full'; readonly noCache: boolean; readonly reason: string };

/** Decides how much is done again (`compatibility.md` d.1). */
export function decideRefresh(input: RefreshInput): RefreshDecision {
  const asked = refreshAnnotation(input.application);
  if (asked !== undefined) {
    return { type: 'full', noCache: asked === 'hard', reason: `refresh ${asked}` };
  }
  const { last } = input;
  if (last === undefined) return { type: 'full', noCache: false, reason: 'first look' };
  if (last.specHash !== input.specHash) {
    return { type: 'full', noCache: false, reason: 'changed specification' };
  }
  if (input.isForced) return { type: 'full', noCache: false, reason: 'asked' };
  if (input.revisionsKey !== last.revisionsKey) {
    return { type: 'full', noCache: false, reason: 'new revision' };
  }
  if (input.hardIntervalMs > 0 && input.nowMs - last.renderedAtMs >= input.hardIntervalMs) {
    return { type: 'full', noCache: true, reason: 'hard interval' };
  }
  return input.changedResources > 0 ? { type: 'resources' } : { type: 'none' };
}

export function refreshAnnotation({ metadata }: Pick<Application, 'metadata'>): 'normal' | 'hard' | undefined {
  const value = metadata.annotations?.[annotations.refresh];
  if (value === undefined) return undefined;
  return value === 'hard' ? 'hard' : 'normal';
}
