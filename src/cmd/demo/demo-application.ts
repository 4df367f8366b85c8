import { argoApiVersion, applicationType, finalizers } from '#core/api';
import type { KubeClient, KubeObject } from '#libs/kube';
import { isAlreadyExists } from '#libs/kube';

/** The app of apps from which the whole demo grows. */
export function buildDemoApplication(namespace: string, repoURL: string): KubeObject {
  return {
    apiVersion: argoApiVersion,
    kind: 'Application',
    metadata: { name: 'demo', namespace, finalizers: [finalizers.resources] },
    spec: {
      project: 'default',
      source: { repoURL, targetRevision: 'main', path: 'apps' },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
  };
}

/** Creates the demo's application unless there is one. */
export async function ensureDemoApplication(client: KubeClient, namespace: string, repoURL: string): Promise<void> {
  try {
    await client.create(applicationType, buildDemoApplication(namespace, repoURL), { fieldManager: 'windlass-demo' });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
