import { getPath } from '#base/json';
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

/** Creates the demo's application, or points the existing one at the URL under which its repository is served now. */
export async function ensureDemoApplication(client: KubeClient, namespace: string, repoURL: string): Promise<void> {
  const wanted = buildDemoApplication(namespace, repoURL);
  try {
    await client.create(applicationType, wanted, { fieldManager: 'windlass-demo' });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const existing = await client.get(applicationType, 'demo', { namespace });
    if (getPath(existing, 'spec', 'source', 'repoURL') === repoURL) return;
    await client.patch(
      applicationType,
      'demo',
      { spec: { source: { repoURL } } },
      { type: 'merge', namespace, fieldManager: 'windlass-demo' },
    );
  }
}
