import type { GroupVersionKind, KubeObject, ResourceKey } from '#libs/kube';
import type { Schema } from '#libs/kube/schema';
import type { CompareRules } from '../normalize/ignore-rule.ts';
import type { PropagationPolicy } from './sync-plan.ts';

/** Options of the application and the operation, parsed from `Key=Value` texts by `parseSyncOptions`. */
export interface SyncOptions {
  readonly validate: boolean;
  readonly skipDryRunOnMissingResource: boolean;
  readonly prune: 'default' | 'never' | 'confirm';
  readonly pruneLast: boolean;
  readonly delete: 'default' | 'never' | 'confirm';
  readonly replace: boolean;
  readonly force: boolean;
  readonly serverSideApply: boolean;
  readonly clientSideApplyMigration: boolean;
  readonly createNamespace: boolean;
  readonly applyOutOfSyncOnly: boolean;
  readonly propagation: PropagationPolicy;
  readonly respectIgnoreDifferences: boolean;
  readonly failOnSharedResource: boolean;
}

export interface ResourceSelector {
  readonly group?: string | undefined;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface KindFacts {
  readonly isNamespaced: boolean;
}

export interface PlanInput {
  readonly operation: {
    /** Unique and persisted before the first side effect. */
    readonly id: string;
    readonly revision: string;
    /** RFC 3339; part of the names of `generateName` hooks. */
    readonly startedAt: string;
    readonly prune: boolean;
    readonly dryRun: boolean;
    /** `apply` runs no hooks; nor does a selection of resources. */
    readonly strategy: 'hook' | 'apply';
    readonly force: boolean;
    readonly resources?: readonly ResourceSelector[] | undefined;
  };
  readonly options: SyncOptions;
  readonly destinationNamespace: string;
  readonly managedNamespaceMetadata?:
    | { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> }
    | undefined;
  /** Every desired object, hooks included; normalised and tracked. */
  readonly targets: readonly KubeObject[];
  /** Live objects that the application owns (tracked, self-referencing) and that no target names. */
  readonly extraneous: readonly KubeObject[];
  readonly live: (key: ResourceKey) => KubeObject | undefined;
  /** From the comparison: whether applying the target would change anything. */
  readonly isInSync: (key: ResourceKey) => boolean;
  /** undefined = the cluster does not serve this kind. */
  readonly kindFacts: (gvk: GroupVersionKind) => KindFacts | undefined;
  /** Fields that a schema does not declare are not sent: server-side apply would refuse the whole object for them. Default: none. */
  readonly schemaOf?: ((gvk: GroupVersionKind) => Schema | undefined) | undefined;
  /** With `RespectIgnoreDifferences=true`, the fields that are left as they are live. Rules that only jq can evaluate are not among them. */
  readonly rules?: CompareRules | undefined;
  /** Why the project forbids the object (the message for the result row); undefined = permitted. */
  readonly refusal: (object: KubeObject, facts: KindFacts) => string | undefined;
  /** Managers whose client-side-applied fields move to ours; default `kubectl-client-side-apply`. */
  readonly migratedManagers?: readonly string[] | undefined;
}
