import type { KubeObject } from '../objects.ts';
import type { DesiredQuestion } from './desired-matcher.ts';
import { DesiredMatcher } from './desired-matcher.ts';

export interface AppliedQuestion extends DesiredQuestion {
  readonly live: KubeObject;
}

/** True when applying `desired` again would certainly change nothing; false may also mean "look closer". */
export function isApplied({ live, ...question }: AppliedQuestion): boolean {
  return new DesiredMatcher(question).matches(live);
}
