import type { Files } from '#harness';

/** Names of hooks; each must run exactly once per revision. `fail` must never run. */
export const hooks = ['pre', 'mid', 'post', 'generated'] as const;

/** What must be live after a sync of that revision, kind/name. */
export function expectedLive(revision: number): string[] {
  return ['ConfigMap/wave-0', 'ConfigMap/wave-1', 'ConfigMap/wave-2', `ConfigMap/only-${revision}`].sort();
}

/** Three waves, hooks of each delete policy and one with generateName, and an object that the next revision prunes. */
export function filesOf(revision: number): Files {
  const files: Record<string, string | null> = {
    'waves.yaml': [0, 1, 2]
      .map((wave) => configMap(`wave-${wave}`, revision, { 'argocd.argoproj.io/sync-wave': String(wave) }))
      .join('---\n'),
    [`only-${revision}.yaml`]: configMap(`only-${revision}`, revision, {}),
    'pre.yaml': job('pre', revision, {
      'argocd.argoproj.io/hook': 'PreSync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    }),
    'mid.yaml': hookMap('name: mid', 'mid', revision, 'Sync', 'HookSucceeded'),
    'post.yaml': hookMap('name: post', 'post', revision, 'PostSync', 'BeforeHookCreation,HookFailed'),
    'generated.yaml': hookMap('generateName: generated-', 'generated', revision, 'PostSync', 'HookSucceeded'),
    'fail.yaml': hookMap('name: fail', 'fail', revision, 'SyncFail', 'HookSucceeded'),
  };
  if (revision > 1) files[`only-${revision - 1}.yaml`] = null;
  return files;
}

function configMap(name: string, revision: number, annotations: Readonly<Record<string, string>>): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  annotations: ${JSON.stringify(annotations)}
data: {revision: "${revision}"}
`;
}

function hookMap(nameLine: string, hook: string, revision: number, phase: string, policy: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  ${nameLine}
  labels: {hook: ${hook}, revision: "${revision}"}
  annotations: {argocd.argoproj.io/hook: ${phase}, argocd.argoproj.io/hook-delete-policy: "${policy}"}
`;
}

function job(name: string, revision: number, annotations: Readonly<Record<string, string>>): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  labels: {hook: ${name}, revision: "${revision}"}
  annotations: ${JSON.stringify(annotations)}
spec: {backoffLimit: 0, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}
`;
}
