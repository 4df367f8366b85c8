/** Short manifests for applications of tests. */
export function configMap(name: string, value: string, annotations: Readonly<Record<string, string>> = {}): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: ${JSON.stringify(annotations)}}\ndata: {v: "${value}"}\n---\n`;
}

export function deployment(
  name: string,
  image = 'nginx:1',
  annotations: Readonly<Record<string, string>> = {},
): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, annotations: ${JSON.stringify(annotations)}}
spec: {replicas: 1, selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: c, image: "${image}"}]}}}
---
`;
}

export function hookJob(
  name: string,
  phase: string,
  options: { readonly policy?: string; readonly image?: string; readonly generate?: boolean } = {},
): string {
  const annotations = {
    'argocd.argoproj.io/hook': phase,
    ...(options.policy ? { 'argocd.argoproj.io/hook-delete-policy': options.policy } : {}),
  };
  const naming = options.generate ? `generateName: ${name}-` : `name: ${name}`;
  return `apiVersion: batch/v1
kind: Job
metadata: {${naming}, annotations: ${JSON.stringify(annotations)}}
spec: {backoffLimit: 0, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "${options.image ?? 'busybox'}"}]}}}
---
`;
}
