/** Marks on managed objects that steer comparison and sync (`compatibility.md` a.10). */
export const marks = Object.freeze({
  trackingId: 'argocd.argoproj.io/tracking-id',
  installationId: 'argocd.argoproj.io/installation-id',
  compareOptions: 'argocd.argoproj.io/compare-options',
  syncOptions: 'argocd.argoproj.io/sync-options',
  syncWave: 'argocd.argoproj.io/sync-wave',
  hook: 'argocd.argoproj.io/hook',
  hookDeletePolicy: 'argocd.argoproj.io/hook-delete-policy',
  hookFinalizer: 'argocd.argoproj.io/hook-finalizer',
  ignoreHealthcheck: 'argocd.argoproj.io/ignore-healthcheck',
  ignoreRestartPolicy: 'argocd.argoproj.io/ignore-restart-policy',
  helmHook: 'helm.sh/hook',
  helmHookWeight: 'helm.sh/hook-weight',
  helmHookDeletePolicy: 'helm.sh/hook-delete-policy',
  helmResourcePolicy: 'helm.sh/resource-policy',
  lastApplied: 'kubectl.kubernetes.io/last-applied-configuration',
  instanceLabel: 'app.kubernetes.io/instance',
  /** Ours: which operation made a hook's object, so that a restart does not run the hook again. */
  operation: 'windlass.dev/operation',
});

/** The trimmed, non-empty items of a comma-separated annotation. */
export function listAnnotation(
  object: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } },
  name: string,
): readonly string[] {
  const text = object.metadata.annotations?.[name];
  // YAML allows numbers and booleans where strings belong; such an annotation says nothing.
  if (typeof text !== 'string') return [];
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
