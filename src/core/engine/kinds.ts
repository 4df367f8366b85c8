import type { KubeObject } from '#libs/kube';
import { parseApiVersion } from '#libs/kube';

type Typed = Pick<KubeObject, 'apiVersion' | 'kind'>;

export function isCustomResourceDefinition({ apiVersion, kind }: Typed): boolean {
  return kind === 'CustomResourceDefinition' && parseApiVersion(apiVersion).group === 'apiextensions.k8s.io';
}

export function isNamespace({ apiVersion, kind }: Typed): boolean {
  return kind === 'Namespace' && apiVersion === 'v1';
}
