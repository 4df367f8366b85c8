export type TrackingMethod = 'annotation' | 'label' | 'annotation+label';

/** How managed objects are marked (`compatibility.md` e). */
export interface TrackingConfig {
  readonly method: TrackingMethod;
  /** Default `app.kubernetes.io/instance`. */
  readonly labelKey?: string | undefined;
  readonly installationId?: string | undefined;
}

export interface TrackingTarget {
  /** The application's instance name: `name` in the control-plane namespace, `<namespace>_<name>` elsewhere. */
  readonly instance: string;
  readonly config: TrackingConfig;
  /** Written where the object has no namespace, cluster-scoped kinds included. */
  readonly destinationNamespace: string;
}

export interface TrackingId {
  readonly instance: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Whom a live object says it belongs to. */
export interface Ownership {
  readonly instance: string;
  /** False when the mark was copied from another object: such an object is reported but neither compared nor pruned. */
  readonly isSelfReference: boolean;
}
