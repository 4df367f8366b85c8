import type { KubeObject } from '#libs/kube';
import type { FieldError } from '../answers/field-error.ts';
import type { UserIdentity } from '../authentication/user-identity.ts';

/** What hooks may look at beside the object. */
export interface StrategyContext {
  readonly now: number;
  readonly user: UserIdentity;
  readonly dryRun: boolean;
  /** Reads another stored object; undefined when absent. */
  readonly lookup: (collection: string, namespace: string, name: string) => KubeObject | undefined;
  /** All stored objects of a collection, of one namespace or of all. */
  readonly scan: (collection: string, namespace?: string) => Iterable<KubeObject>;
  readonly warn: (text: string) => void;
  readonly random: (alphabet: string, length: number) => string;
}

/** How names of a kind are checked. */
export type NameRule = 'subdomain' | 'label' | 'dns1035' | 'path-segment' | 'none';

/** What is special about a kind. Hooks change the object given to them, which nobody shares yet. */
export interface Strategy {
  readonly nameRule: NameRule;
  /** metadata.generation starts at 1 and rises with every change outside metadata and status. */
  readonly hasGeneration: boolean;
  /** `status` is written only through its subresource. */
  readonly hasStatus: boolean;
  /** PUT of a name that does not exist creates. */
  readonly createsOnUpdate: boolean;
  /** Updates need not carry a resourceVersion. */
  readonly unconditionalUpdate: boolean;
  /** What conversion from the stored form adds, so that its fields belong to whoever writes. */
  readonly beforeTracking?: (object: KubeObject, old: KubeObject | undefined) => void;
  /** Metadata with which the generation rises too. */
  readonly countsMetadata?: 'annotations' | 'labels';
  /** A status update cannot change metadata. */
  readonly statusKeepsMetadata?: boolean;
  /** Nothing depends on it, so propagation policies mean nothing. */
  readonly ignoresPropagation?: boolean;
  readonly prepareCreate?: (object: KubeObject, context: StrategyContext) => void;
  readonly prepareUpdate?: (object: KubeObject, old: KubeObject, context: StrategyContext) => void;
  readonly prepareStatus?: (object: KubeObject, old: KubeObject, context: StrategyContext) => void;
  /** Admission: runs after field tracking, so that what it sets has no owner. May throw an API error. */
  readonly admitCreate?: (object: KubeObject, context: StrategyContext) => void;
  readonly validateCreate?: (object: KubeObject, context: StrategyContext) => readonly FieldError[];
  readonly validateUpdate?: (object: KubeObject, old: KubeObject, context: StrategyContext) => readonly FieldError[];
  readonly validateStatus?: (object: KubeObject, old: KubeObject, context: StrategyContext) => readonly FieldError[];
  /** Seconds of grace a delete gives when it names none; undefined: the object goes at once. */
  readonly gracePeriod?: (object: KubeObject, asked: number | undefined) => number;
  /** Finalizer-like behaviour of namespaces: delete only marks. */
  readonly prepareDelete?: (object: KubeObject, context: StrategyContext, old: KubeObject) => void;
  /** Delete answers the object instead of a Status. */
  readonly deleteAnswersObject?: boolean;
  /** What deletes do when they name no propagation policy. */
  readonly defaultPropagation?: 'Background' | 'Orphan';
}

export const defaultStrategy: Strategy = Object.freeze({
  nameRule: 'subdomain',
  hasGeneration: false,
  hasStatus: false,
  createsOnUpdate: false,
  unconditionalUpdate: true,
});
