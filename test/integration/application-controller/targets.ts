import { kubebuilderAssets } from '#harness';
import type { ClusterKind } from '#harness';

/** The embedded server always, the real one where KUBEBUILDER_ASSETS names its programs. */
export const targets: readonly ClusterKind[] = kubebuilderAssets === undefined ? ['embedded'] : ['embedded', 'real'];
