import { Gauge, counter, gauge, histogram } from '#base/metrics';
import type { Registry } from '#base/metrics';
import type { Application } from '#core/api';
import { normalizeRepoUrl } from '#libs/git';
import type { ClusterStatus } from '../options.ts';
import { sourcesOf } from '../refresh/sources-of.ts';

/** What is counted while the controller works; names and labels are Argo CD's (`compatibility.md` n). */
export class ControllerMetrics {
  readonly #syncs;
  readonly #syncSeconds;
  readonly #reconciles;
  readonly #clusterEvents;
  readonly #corrected;
  readonly #depth;

  constructor(registry: Registry) {
    const app = ['namespace', 'name', 'project', 'dest_server'] as const;
    this.#syncs = counter(registry, 'argocd_app_sync_total', 'Number of application syncs.', [
      ...app,
      'phase',
      'dry_run',
    ]);
    this.#syncSeconds = counter(
      registry,
      'argocd_app_sync_duration_seconds_total',
      'Application sync performance in seconds total.',
      app,
    );
    this.#reconciles = histogram(
      registry,
      'argocd_app_reconcile',
      'Application reconciliation performance in seconds.',
      ['namespace', 'dest_server'],
      [0.25, 0.5, 1, 2, 4, 8, 16],
    );
    this.#clusterEvents = counter(registry, 'argocd_cluster_events_total', 'Number of processes k8s resource events.', [
      'server',
      'group',
      'kind',
    ]);
    this.#corrected = counter(
      registry,
      'windlass_verdicts_corrected_total',
      'Verdicts and cached objects that the slow re-verification had to correct; every one is a defect.',
      ['server'],
    );
    this.#depth = gauge(registry, 'workqueue_depth', 'Current depth of workqueue.', ['name']);
  }

  reconciled({ metadata, spec }: Application, seconds: number): void {
    this.#reconciles.observe({ namespace: metadata.namespace ?? '', dest_server: destinationOf(spec) }, seconds);
  }

  /** Counts an operation that has just ended. */
  synced({ metadata, spec, status }: Application): void {
    const state = status?.operationState;
    if (state?.finishedAt === undefined) return;
    const labels = {
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
      project: spec.project,
      dest_server: destinationOf(spec),
    };
    this.#syncs.inc({ ...labels, phase: state.phase, dry_run: String(state.operation.sync?.dryRun === true) });
    this.#syncSeconds.inc(labels, Math.max(0, (Date.parse(state.finishedAt) - Date.parse(state.startedAt)) / 1000));
  }

  clusterEvent(server: string, { group, kind }: { readonly group: string; readonly kind: string }): void {
    this.#clusterEvents.inc({ server, group, kind });
  }

  corrected(server: string, count: number): void {
    this.#corrected.inc({ server }, count);
  }

  queueDepth(depth: number): void {
    this.#depth.set({ name: 'app_reconciliation_queue' }, depth);
  }
}

export interface MeasuredState {
  readonly applications: readonly Application[];
  readonly clusters: readonly ClusterStatus[];
}

/** Registers the series that describe what is there, read when somebody scrapes. Call once per registry. */
export function registerStateMetrics(registry: Registry, read: () => MeasuredState): void {
  const labels = [
    'namespace',
    'name',
    'project',
    'autosync_enabled',
    'repo',
    'dest_server',
    'dest_namespace',
    'sync_status',
    'health_status',
    'operation',
  ] as const;
  const scraped = (name: string, help: string, labelNames: readonly string[], fill: (gauge: Gauge) => void) => {
    if (registry.getSingleMetric(name) !== undefined) return;
    const series = new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      collect() {
        this.reset();
        fill(this);
      },
    });
    registry.registerMetric(series);
  };
  scraped('argocd_app_info', 'Information about application.', labels, (info) => {
    for (const application of read().applications) info.set(infoLabels(application), 1);
  });
  const forClusters = (
    name: string,
    help: string,
    valueOf: (cluster: ClusterStatus) => number,
    extra: readonly string[] = [],
  ) =>
    scraped(name, help, ['server', ...extra], (series) => {
      for (const cluster of read().clusters) {
        const version = extra.includes('k8s_version') ? { k8s_version: cluster.version } : {};
        series.set({ server: cluster.server, ...version }, valueOf(cluster));
      }
    });
  forClusters('argocd_cluster_info', 'Information about cluster.', () => 1, ['k8s_version']);
  forClusters('argocd_cluster_api_resources', 'Number of monitored Kubernetes API resources.', (c) => c.watchedKinds);
  forClusters('argocd_cluster_api_resource_objects', 'Number of k8s resource objects in the cache.', (c) => c.objects);
  forClusters(
    'argocd_cluster_connection_status',
    'The k8s cluster current connection status.',
    (c) => (c.isReady ? 1 : 0),
    ['k8s_version'],
  );
}

function infoLabels({ metadata, spec, status, operation }: Application) {
  const automated = spec.syncPolicy?.automated;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    project: spec.project,
    autosync_enabled: String(automated !== undefined && automated.enabled !== false),
    repo: normalizeRepoUrl(sourcesOf(spec)[0]?.repoURL ?? ''),
    dest_server: destinationOf(spec),
    dest_namespace: spec.destination.namespace ?? '',
    sync_status: status?.sync?.status ?? 'Unknown',
    health_status: status?.health?.status ?? 'Unknown',
    operation: metadata.deletionTimestamp !== undefined ? 'delete' : operation?.sync === undefined ? '' : 'sync',
  };
}

function destinationOf({ destination }: Application['spec']): string {
  return destination.server ?? destination.name ?? '';
}
