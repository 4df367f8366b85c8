import type { KubeObject } from '#libs/kube';
import type { Difference, FieldEvidence } from '#libs/kube/structured-merge';
import { compareObjects, fieldElement, ownerFinder } from '#libs/kube/structured-merge';
import { getPath } from '#base/json';
import { marks } from '../annotations.ts';
import { findPaths } from '../normalize/find-paths.ts';
import type { ConcretePath } from '../normalize/find-paths.ts';
import type { ObjectRules } from '../normalize/ignore-rule.ts';
import { noRules } from '../normalize/prepare-ignore-rules.ts';
import { withoutPaths } from '../normalize/without-paths.ts';
import { parseTrackingId } from '../tracking/tracking-id.ts';
import type { Verdict } from '../verdict.ts';
import type { CompareInput, Comparison, FieldDifference } from './comparison.ts';
import { deducedSchema } from './deduced-schema.ts';
import type { Forecast } from './predict.ts';

/** A comparison that found something, before rules are applied. */
export interface Draft {
  readonly base: Omit<Comparison, 'state' | 'verdict' | 'predicted'>;
  readonly forecast: Extract<Forecast, { type: 'changed' }>;
  readonly live: KubeObject;
  readonly input: CompareInput;
}

/** Paths that jq named, per expression: in the predicted and in the live object. */
export interface JqPaths {
  readonly predicted: readonly ConcretePath[];
  readonly live: readonly ConcretePath[];
}

/** Sorts differences into those that count and those that rules, trusted managers or a tracking migration hide. */
export function settle(draft: Draft, jqPaths: readonly JqPaths[]): Comparison {
  const { base, forecast, live, input } = draft;
  const rules = input.rules?.forObject(live) ?? noRules;
  const remaining = remainingPaths(draft, rules, jqPaths);
  const differences: FieldDifference[] = forecast.unknownFields.map((path) => unknownField(path, input));
  const ignored: FieldDifference[] = [];
  const ownersAt = ownerFinder(live);
  for (const found of forecast.differences) {
    const owner = ownersAt(found.elements)[0];
    const isHidden =
      (remaining !== undefined && !remaining.has(found.path)) ||
      (owner !== undefined && rules.trustedManagers.has(owner.manager)) ||
      isTrackingMigration(found, draft);
    (isHidden ? ignored : differences).push(describe(found, owner));
  }
  const isDifferent = differences.length > 0;
  return {
    ...base,
    state: isDifferent ? 'OutOfSync' : 'Synced',
    differences: differences.sort(byPath),
    ignored: ignored.sort(byPath),
    predicted: forecast.predicted,
    verdict: isDifferent ? differs(differences) : hidden(ignored),
  };
}

function byPath(a: FieldDifference, b: FieldDifference): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** The paths that still differ once the ignored fields are gone from both sides; undefined when no rule names a field. */
function remainingPaths(
  draft: Draft,
  rules: ObjectRules,
  jqPaths: readonly JqPaths[],
): ReadonlySet<string> | undefined {
  if (rules.patterns.length === 0 && jqPaths.length === 0) return undefined;
  const { predicted } = draft.forecast;
  const named = (object: KubeObject) => rules.patterns.flatMap((pattern) => findPaths(object, pattern));
  const left = withoutPaths(predicted, [...named(predicted), ...jqPaths.flatMap((paths) => paths.predicted)]);
  const right = withoutPaths(draft.live, [...named(draft.live), ...jqPaths.flatMap((paths) => paths.live)]);
  const found = compareObjects(draft.input.schema ?? deducedSchema, left, right);
  return new Set(found.map((difference) => difference.path));
}

function describe({ path, desired, live }: Difference, owner: FieldEvidence | undefined): FieldDifference {
  return { path, desired, live, cause: 'value', ...(owner === undefined ? {} : { owner }) };
}

function unknownField(path: string, { desired }: CompareInput): FieldDifference {
  const steps = path.split(/\.|\[|\]/).filter((step) => step !== '');
  return { path: `.${path}`, desired: getPath(desired, ...steps), live: undefined, cause: 'unknown-field' };
}

const annotationPath = [fieldElement('metadata'), fieldElement('annotations'), fieldElement(marks.trackingId)];

/**
 * An application that was tracked by label and is now tracked by annotation stays Synced until something else is written
 * (`compatibility.md` e, migration).
 */
function isTrackingMigration({ elements, desired, live }: Difference, draft: Draft): boolean {
  if (live !== undefined) return false;
  const id = typeof desired === 'string' ? desired : trackingIdIn(desired);
  const isOnlyTracking =
    elements.length === annotationPath.length && elements.every((step, n) => step === annotationPath[n]);
  if (id === undefined || !(isOnlyTracking || typeof desired !== 'string')) return false;
  const label = draft.live.metadata.labels?.[draft.input.trackingLabel ?? marks.instanceLabel];
  return label !== undefined && parseTrackingId(id)?.instance === label;
}

/** Where live has no annotations at all, the whole map is the difference. */
function trackingIdIn(annotations: unknown): string | undefined {
  if (typeof annotations !== 'object' || annotations === null) return undefined;
  const entries = Object.entries(annotations);
  const [entry] = entries;
  return entries.length === 1 && entry?.[0] === marks.trackingId ? String(entry[1]) : undefined;
}

function differs(differences: readonly FieldDifference[]): Verdict {
  const [first] = differences;
  const owner = first?.owner;
  const others = differences.length === 1 ? '' : ` and ${differences.length - 1} more`;
  const unknown = first?.cause === 'unknown-field' ? ', a field that the schema does not declare' : '';
  const by =
    owner === undefined ? '' : `, last set by "${owner.manager}"${owner.time === undefined ? '' : ` at ${owner.time}`}`;
  return {
    code: 'field-differs',
    parameters: {
      fields: differences.length,
      path: first?.path ?? '',
      ...(owner === undefined ? {} : { manager: owner.manager, time: owner.time ?? '' }),
    },
    sentence: `The live object differs from Git in ${first?.path ?? ''}${unknown}${by}${others}.`,
  };
}

function hidden(ignored: readonly FieldDifference[]): Verdict {
  if (ignored.length === 0) {
    return {
      code: 'ownership-only',
      parameters: {},
      sentence: 'All values are as in Git; the next sync takes over the ownership of fields that somebody else set.',
    };
  }
  return {
    code: 'differences-ignored',
    parameters: { fields: ignored.length, path: ignored[0]?.path ?? '' },
    sentence: `The live object differs from Git only where rules say to ignore it (${ignored[0]?.path ?? ''}${ignored.length > 1 ? ', …' : ''}).`,
  };
}
