import type { KubeObject } from '#libs/kube';

/** One rule of `spec.ignoreDifferences` or of a system customisation; group, kind and names may be globs (`*`). */
export interface IgnoreRule {
  readonly group?: string | undefined;
  readonly kind: string;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly jsonPointers?: readonly string[] | undefined;
  readonly jqPathExpressions?: readonly string[] | undefined;
  readonly managedFieldsManagers?: readonly string[] | undefined;
}

/** cm `resource.compareoptions`. */
export interface CompareSettings {
  readonly ignoreAggregatedRoles?: boolean | undefined;
  /** Default `all`. */
  readonly ignoreStatus?: 'all' | 'crd' | 'none' | undefined;
}

/** A step into an object: a field, an index, or every item. */
export type PathSegment = string | number | typeof everyItem;
export const everyItem: unique symbol = Symbol('every item');

/** A path expression that needs no jq: segments, with filters between them. */
export type PathPattern = readonly (PathSegment | ItemFilter)[];

/** `select(.a.b == "x")`: keeps the values whose field equals the literal. */
export interface ItemFilter {
  readonly path: readonly (string | number)[];
  readonly equals: unknown;
  readonly isNegated: boolean;
}

/** What applies to one object. */
export interface ObjectRules {
  readonly patterns: readonly PathPattern[];
  /** Expressions that only jq can evaluate. */
  readonly jq: readonly string[];
  readonly trustedManagers: ReadonlySet<string>;
  readonly isEmpty: boolean;
}

/** Prepared rules: immutable, shared by all comparisons of one application. */
export interface CompareRules {
  /** Changes exactly when the rules change: part of a comparison's cache key. */
  readonly epoch: string;
  forObject(object: KubeObject): ObjectRules;
  /** Pointers that could not be understood, with the reason; the application gets a condition. */
  readonly problems: readonly string[];
}

/** The concrete paths that jq expressions name in a value; implemented by `#libs/languages/jq`. */
export interface JqPathFinder {
  /** One answer per question, in order: the paths, or why there are none. `timeout` makes the comparison Unknown. */
  findPaths(questions: readonly JqQuestion[]): Promise<readonly JqAnswer[]>;
}

export interface JqQuestion {
  readonly expression: string;
  readonly value: unknown;
}

export type JqAnswer =
  | { readonly paths: readonly (readonly (string | number)[])[] }
  | { readonly problem: 'timeout' | 'error'; readonly message: string };
