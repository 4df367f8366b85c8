import { defaultRenderSettings } from '#core/contracts';
import type { ApplicationSettings, ResourceFilterRule } from './application-settings.ts';

function rule(apiGroups: readonly string[], kinds: readonly string[]): ResourceFilterRule {
  return { apiGroups, kinds, clusters: [] };
}

/** Never watched, whatever is configured (`compatibility.md` f). */
export const alwaysExcluded: readonly ResourceFilterRule[] = Object.freeze([
  rule(['events.k8s.io', 'metrics.k8s.io'], []),
  rule([''], ['Event']),
  rule(['coordination.k8s.io', ''], ['Lease']),
]);

/** What the shipped `argocd-cm` excludes: used where the key is absent. */
export const shippedExclusions: readonly ResourceFilterRule[] = Object.freeze([
  rule(['', 'discovery.k8s.io'], ['Endpoints', 'EndpointSlice']),
  rule(
    ['authentication.k8s.io', 'authorization.k8s.io'],
    [
      'SelfSubjectReview',
      'TokenReview',
      'LocalSubjectAccessReview',
      'SelfSubjectAccessReview',
      'SelfSubjectRulesReview',
      'SubjectAccessReview',
    ],
  ),
  rule(['certificates.k8s.io'], ['CertificateSigningRequest']),
  rule(['cert-manager.io'], ['CertificateRequest']),
  rule(['cilium.io'], ['CiliumIdentity', 'CiliumEndpoint', 'CiliumEndpointSlice']),
  rule(
    ['kyverno.io', 'reports.kyverno.io', 'wgpolicyk8s.io'],
    [
      'PolicyReport',
      'ClusterPolicyReport',
      'EphemeralReport',
      'ClusterEphemeralReport',
      'AdmissionReport',
      'ClusterAdmissionReport',
      'BackgroundScanReport',
      'ClusterBackgroundScanReport',
      'UpdateRequest',
    ],
  ),
]);

export const defaultSettings: ApplicationSettings = Object.freeze<ApplicationSettings>({
  tracking: { method: 'annotation' },
  isInClusterEnabled: true,
  pollIntervalMs: undefined,
  pollJitterMs: 0,
  hardIntervalMs: 0,
  exclusions: shippedExclusions,
  inclusions: undefined,
  compare: {},
  ignoreRules: [],
  globalProjects: [],
  render: defaultRenderSettings,
  applicationNamespaces: [],
  isImpersonationEnabled: false,
  workers: 20,
  applyParallelism: 20,
  selfHealBackoff: { initialMs: 2000, factor: 3, capMs: 300_000, fixedMs: 0 },
  syncTimeoutMs: 0,
  waveDelayMs: 0,
  repositoryGraceMs: 15_000,
  renderTimeoutMs: 180_000,
});
