import type { GroupKind, GroupVersionKind } from './objects.ts';
import type { CallOptions, ResourceType } from './client.ts';

export interface ApiResource extends ResourceType {
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly singular: string;
  readonly categories: readonly string[];
  /** Names below the resource: `status`, `scale`, `log`. */
  readonly subresources: readonly string[];
}

/** What the cluster serves, cached; `invalidate` when a CRD or APIService changed. */
export interface Discovery {
  /** All served resources (preferred and other versions). Groups that fail to answer are in `failedGroups`, not missing silently. */
  resources(options?: CallOptions): Promise<readonly ApiResource[]>;
  failedGroups(): readonly { readonly group: string; readonly version: string; readonly message: string }[];
  /** The endpoint of a kind at that version; undefined when not served. Looks again at most once when unknown. */
  find(gvk: GroupVersionKind, options?: CallOptions): Promise<ApiResource | undefined>;
  /** The endpoint at the group's preferred version. */
  findPreferred(kind: GroupKind, options?: CallOptions): Promise<ApiResource | undefined>;
  /** "group/version" and "group/version/Kind" strings, sorted: what Helm calls API versions. */
  apiVersions(options?: CallOptions): Promise<readonly string[]>;
  invalidate(): void;
}
