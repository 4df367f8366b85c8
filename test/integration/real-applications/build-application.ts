import type { ApplicationSource } from '#core/api';
import { argoApiVersion } from '#core/api';
import type { KubeObject } from '#libs/kube';
import type { RealApplication } from './applications.ts';

export const controlNamespace = 'argocd';

/** The Application as a user of Argo CD would write it: automated, healing, making its namespace. */
export function buildApplication(
  application: RealApplication,
  urlOf: (repository: RealApplication['repository']) => string,
): KubeObject {
  const { name, repository, path, namespace = `real-${name}`, source = {} } = application;
  const given = JSON.parse(
    JSON.stringify(source).replaceAll('%EXAMPLES%', urlOf('argocd-example-apps')),
  ) as Partial<ApplicationSource>;
  return {
    apiVersion: argoApiVersion,
    kind: 'Application',
    metadata: { name, namespace: controlNamespace, finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    spec: {
      project: 'default',
      source: { repoURL: urlOf(repository), path, targetRevision: 'HEAD', ...given },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
    },
  };
}
