import type { KubeObject } from '#libs/kube';
import { DesiredMatcher } from '#libs/kube/structured-merge';
import type { DesiredQuestion } from '#libs/kube/structured-merge';

interface Kept {
  readonly question: DesiredQuestion;
  readonly matcher: DesiredMatcher;
}

/** Desired objects never change, and live ones that must match them change often: what a match needs is worked out once. */
const kept = new WeakMap<KubeObject, Kept>();

/** The matcher of a desired object, kept as long as the object is. */
export function matcherOf(question: DesiredQuestion): DesiredMatcher {
  const { desired, manager, schema } = question;
  const known = kept.get(desired);
  if (known !== undefined && known.question.schema === schema && known.question.manager === manager)
    return known.matcher;
  const matcher = new DesiredMatcher(question);
  kept.set(desired, { question, matcher });
  return matcher;
}
