import type { KubeObject } from '#libs/kube';

/** An object with the place that it came from: kept beside it, never inside. */
export interface RenderedObject {
  readonly object: KubeObject;
  /** Relative to the root of the source. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
}
