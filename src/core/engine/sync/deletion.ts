import type { KubeObject, ResourceKey } from '#libs/kube';
import type { PropagationPolicy } from './sync-plan.ts';
import type { SyncOptions } from './plan-input.ts';

export interface DeletionInput {
  /** The live objects that the application owns, permitted by its project. */
  readonly owned: readonly KubeObject[];
  readonly options: SyncOptions;
  readonly propagation: PropagationPolicy;
  /** The Application object itself, where it manages itself. */
  readonly self?: ResourceKey | undefined;
  /** True when the user approved a deletion that asks for confirmation. */
  readonly isApproved: boolean;
}

export interface DeletionTarget {
  readonly key: ResourceKey;
  readonly version: string;
  readonly uid: string | undefined;
  readonly propagation: PropagationPolicy;
}

/** One level-based pass of a cascade; call again with what is then live. */
export type DeletionStep =
  | {
      readonly type: 'delete';
      readonly wave: number;
      readonly targets: readonly DeletionTarget[];
      readonly kept: readonly KeptObject[];
    }
  | {
      readonly type: 'wait';
      readonly message: string;
      readonly terminating: readonly ResourceKey[];
      readonly kept: readonly KeptObject[];
    }
  | {
      readonly type: 'confirm';
      readonly message: string;
      readonly unconfirmed: readonly ResourceKey[];
      readonly kept: readonly KeptObject[];
    }
  | { readonly type: 'done'; readonly kept: readonly KeptObject[] };

export interface KeptObject {
  readonly key: ResourceKey;
  readonly reason: 'custom-resource-definition' | 'delete-false' | 'helm-keep' | 'self';
}
