/** Labels, annotations and finalizers that Argo CD's users write (`compatibility.md` a.10). */
export const annotations = Object.freeze({
  refresh: 'argocd.argoproj.io/refresh',
  skipReconcile: 'argocd.argoproj.io/skip-reconcile',
  compareOptions: 'argocd.argoproj.io/compare-options',
  syncOptions: 'argocd.argoproj.io/sync-options',
  syncWave: 'argocd.argoproj.io/sync-wave',
  hook: 'argocd.argoproj.io/hook',
  hookDeletePolicy: 'argocd.argoproj.io/hook-delete-policy',
  trackingId: 'argocd.argoproj.io/tracking-id',
  installationId: 'argocd.argoproj.io/installation-id',
  ignoreHealthcheck: 'argocd.argoproj.io/ignore-healthcheck',
  deletionApproved: 'argocd.argoproj.io/deletion-approved',
  manifestGeneratePaths: 'argocd.argoproj.io/manifest-generate-paths',
  clientSideApplyMigrationManager: 'argocd.argoproj.io/client-side-apply-migration-manager',
  helmHook: 'helm.sh/hook',
  helmHookWeight: 'helm.sh/hook-weight',
  helmHookDeletePolicy: 'helm.sh/hook-delete-policy',
  helmResourcePolicy: 'helm.sh/resource-policy',
  hold: 'windlass.dev/hold',
});

export const finalizers = Object.freeze({
  resources: 'resources-finalizer.argocd.argoproj.io',
  foreground: 'resources-finalizer.argocd.argoproj.io/foreground',
  background: 'resources-finalizer.argocd.argoproj.io/background',
  hook: 'argocd.argoproj.io/hook-finalizer',
  preDelete: 'pre-delete-finalizer.argocd.argoproj.io',
  postDelete: 'post-delete-finalizer.argocd.argoproj.io',
});

export const labels = Object.freeze({
  instance: 'app.kubernetes.io/instance',
  partOf: 'app.kubernetes.io/part-of',
  secretType: 'argocd.argoproj.io/secret-type',
});
