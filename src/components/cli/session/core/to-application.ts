import type { Application } from '#core/api';
import type { KubeObject } from '#libs/kube';

/** An object of the Application endpoint as what it is; the API server has checked it against the schema. */
export function toApplication(object: KubeObject): Application {
  return object as Application & KubeObject;
}
