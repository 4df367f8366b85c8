import { annotations, argoApiVersion } from '#core/api';
import type { Files } from '#harness';
import type { KubeObject } from '#libs/kube';

export const controlNamespace = 'argocd';
export const destinationNamespace = 'bench';
export const refreshAnnotation = annotations.refresh;

/** Objects of one application: ConfigMap, ServiceAccount, Service, Deployment with 0 replicas. */
export const objectsPerApplication = 4;

const tools = ['directory', 'kustomize', 'helm'] as const;

export function applicationName(index: number): string {
  return `app-${index}`;
}

function toolOf(index: number): (typeof tools)[number] {
  return tools[index % tools.length] as (typeof tools)[number];
}

/** The folder of one application; a third each is plain YAML, Kustomize and Helm. */
export function buildFiles(index: number, marker: string): Files {
  const name = applicationName(index);
  const tool = toolOf(index);
  if (tool === 'directory') return { [`apps/${name}/objects.yaml`]: objects(name, marker) };
  if (tool === 'kustomize') {
    return {
      [`apps/${name}/kustomization.yaml`]: 'resources: [objects.yaml]\nlabels: [{pairs: {tier: bench}}]\n',
      [`apps/${name}/objects.yaml`]: objects(name, marker),
    };
  }
  return {
    [`apps/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
    [`apps/${name}/values.yaml`]: `marker: ${marker}\n`,
    [`apps/${name}/templates/objects.yaml`]: objects('{{ .Release.Name }}', '{{ .Values.marker }}'),
  };
}

function objects(name: string, marker: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: "${name}"}
data: {marker: "${marker}", kept: "yes"}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: "${name}"}
---
apiVersion: v1
kind: Service
metadata: {name: "${name}"}
spec: {selector: {app: "${name}"}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "${name}"}
spec:
  replicas: 0
  selector: {matchLabels: {app: "${name}"}}
  template:
    metadata: {labels: {app: "${name}"}}
    spec:
      containers:
      - {name: main, image: "registry.example.com/main:1.0", ports: [{containerPort: 8080}]}
`;
}

export function buildApplication(index: number, repoURL: string): KubeObject {
  const name = applicationName(index);
  return {
    apiVersion: argoApiVersion,
    kind: 'Application',
    metadata: { name, namespace: controlNamespace },
    spec: {
      project: 'default',
      source: { repoURL, path: `apps/${name}`, targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: destinationNamespace },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
  };
}
