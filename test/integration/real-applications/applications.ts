import type { ApplicationSource } from '#core/api';
import type { ClusterKind } from '#harness';

export type ExpectedHealth = 'Healthy' | 'Progressing' | 'Degraded';

/** An application that nobody here wrote, and what has to become of it. Written before any run; a run never changes it. */
export interface RealApplication {
  readonly name: string;
  /** Folder of the data that is served as a repository of that name. */
  readonly repository: 'argocd-example-apps' | 'podinfo' | 'charts';
  readonly path: string;
  /** Where it goes; `real-` and its name when absent. */
  readonly namespace?: string;
  /** `%EXAMPLES%` stands for the URL of the examples' repository. */
  readonly source?: Partial<ApplicationSource>;
  readonly health: Readonly<Record<ClusterKind, ExpectedHealth>>;
  /** Kinds that keep it from being Healthy; all its other objects must be. */
  readonly unhealthyKinds?: readonly string[];
  /** Why it is not Healthy everywhere. */
  readonly why?: string;
  /** What had to be changed of the original, because it lives on the internet. */
  readonly adapted?: string;
  /** Another application makes it: the run creates nothing. */
  readonly madeBy?: string;
  /** A program on PATH without which the source cannot be rendered. */
  readonly needs?: 'jsonnet';
}

const healthy = { embedded: 'Healthy', real: 'Healthy' } as const;

const withoutCloud = {
  health: { embedded: 'Healthy', real: 'Progressing' },
  unhealthyKinds: ['Service', 'Ingress'],
  why: 'waits for the address of a load balancer; the real control plane has no cloud behind it, the embedded cluster simulates one',
} as const;

const withoutMetrics = {
  health: { embedded: 'Degraded', real: 'Degraded' },
  unhealthyKinds: ['HorizontalPodAutoscaler'],
  why: 'its HorizontalPodAutoscaler finds no metrics server (FailedGetResourceMetric)',
} as const;

const withoutAdapter = {
  health: { embedded: 'Progressing', real: 'Progressing' },
  unhealthyKinds: ['APIService'],
  why: 'its APIService has no server behind it: simulated pods answer no requests',
} as const;

function example(name: string, more: Partial<RealApplication> = {}): RealApplication {
  return { name, repository: 'argocd-example-apps', path: name, health: healthy, ...more };
}

function podinfo(name: string, path: string, more: Partial<RealApplication> = {}): RealApplication {
  return { name: `podinfo-${name}`, repository: 'podinfo', path, health: healthy, ...more };
}

/** A chart with its own values, or with one of the value files that its authors test it with. */
function chart(path: string, valuesFile?: string, more: Partial<RealApplication> = {}): RealApplication {
  const suffix = valuesFile?.replace(/-values\.yaml$/, '').replace(/^\d+-/, '');
  const source = valuesFile ? { source: { helm: { valueFiles: [`ci/${valuesFile}`] } } } : {};
  return {
    name: suffix ? `${path}-${suffix}` : path,
    repository: 'charts',
    path,
    health: healthy,
    ...source,
    ...more,
  };
}

/** Children of the app of apps that stay out of it: they need a renderer or a kind that the cluster does not have. */
export const leftOutChildren: readonly string[] = [
  'blue-green',
  'plugin-kasane',
  'plugin-kustomized-helm',
  'plugin-nix',
];

const examples: readonly RealApplication[] = [
  example('guestbook'),
  example('helm-guestbook'),
  example('kustomize-guestbook'),
  example('jsonnet-guestbook', { needs: 'jsonnet', ...withoutCloud }),
  example('jsonnet-guestbook-tla', { needs: 'jsonnet', ...withoutCloud }),
  example('pre-post-sync'),
  example('sync-waves'),
  example('helm-dependency', {
    adapted: 'the dependency comes from a local chart repository with a stand-in `wordpress` chart',
  }),
  example('helm-hooks'),
  example('sock-shop', withoutCloud),
];

/** What the app of apps makes of the same folders, in namespaces of its own choice. */
const children = examples.map((one) => ({ ...one, name: `example.${one.name}`, namespace: one.name, madeBy: 'apps' }));

const elsewhere: readonly RealApplication[] = [
  example('apps', {
    namespace: 'argocd',
    adapted: 'the children come from the local Git server, without blue-green and plug-ins',
  }),
  podinfo('chart', 'charts/podinfo'),
  podinfo('chart-prod', 'charts/podinfo', {
    source: { helm: { valueFiles: ['values-prod.yaml'] } },
    ...withoutMetrics,
  }),
  podinfo('kustomize', 'kustomize', withoutMetrics),
  podinfo('dev', 'deploy/overlays/dev', { namespace: 'dev', ...withoutMetrics }),
  podinfo('staging', 'deploy/overlays/staging', { namespace: 'staging', ...withoutMetrics }),
  podinfo('production', 'deploy/overlays/production', { namespace: 'production', ...withoutMetrics }),
  podinfo('webapp', 'deploy/webapp', {
    namespace: 'webapp',
    source: { directory: { recurse: true } },
    why: 'both its autoscalers name the same Deployment: AmbiguousSelector, which does not count as degraded',
  }),
  chart('alertmanager'),
  chart('alertmanager', 'config-reload-values.yaml'),
  chart('alertmanager', 'ingress-labels-values.yaml', withoutCloud),
  chart('argo-rollouts'),
  chart('argocd-apps'),
  chart('argocd-apps', 'applications-values.yaml', {
    namespace: 'argocd',
    source: {
      helm: {
        valueFiles: ['ci/applications-values.yaml'],
        parameters: [{ name: 'applications.argocd-application.source.repoURL', value: '%EXAMPLES%' }],
      },
    },
    adapted: 'the repository of the Application that it makes is the local one',
  }),
  chart('kube-state-metrics'),
  chart('kube-state-metrics', '02-custom-resource-state-only-values.yaml'),
  chart('prometheus-adapter', undefined, withoutAdapter),
  chart('prometheus-blackbox-exporter'),
  chart('prometheus-blackbox-exporter', 'networkpolicy-values.yaml'),
  chart('prometheus-blackbox-exporter', 'secret-values.yaml'),
  chart('prometheus-node-exporter'),
  chart('prometheus-pushgateway'),
  chart('prometheus-pushgateway', 'basic-auth-values.yaml'),
  chart('prometheus-pushgateway', 'default-sts-values.yaml'),
  chart('prometheus-pushgateway', 'extramanifests-values.yaml'),
  chart('prometheus-pushgateway', 'persistence-values.yaml'),
  chart('prometheus-pushgateway', 'persistence-sts-values.yaml'),
  chart('prometheus-redis-exporter'),
  chart('prometheus-redis-exporter', 'extramanifests-values.yaml'),
];

export const realApplications: readonly RealApplication[] = [...examples, ...elsewhere, ...children];
