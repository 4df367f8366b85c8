import { counter, gauge, histogram } from '#base/metrics';
import type { Counter, Gauge, Histogram, Registry } from '#base/metrics';

export interface RepoServerMetrics {
  /** Argo CD's (`compatibility.md` n). */
  readonly pending: Gauge<'repo'>;
  readonly parallelismWait: Histogram;
  /** Renders that ran, by type of source. */
  readonly renders: Counter<'type'>;
  /** Answers without a render: nothing that was read had changed. */
  readonly reuses: Counter<'answer'>;
  /** Programs started. */
  readonly processes: Counter<'tool'>;
  readonly renderSeconds: Histogram<'type'>;
  readonly failures: Counter<'code'>;
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90];

export function createRepoServerMetrics(registry: Registry): RepoServerMetrics {
  return {
    pending: gauge(
      registry,
      'argocd_repo_pending_request_total',
      'Number of pending requests requiring repository lock',
      ['repo'],
    ),
    parallelismWait: histogram(
      registry,
      'argocd_repo_parallelism_wait_duration_seconds',
      'Time spent waiting for a free renderer',
      [],
      seconds,
    ),
    renders: counter(registry, 'windlass_renders_total', 'Sources rendered', ['type']),
    reuses: counter(registry, 'windlass_render_reuses_total', 'Answers without a render', ['answer']),
    processes: counter(registry, 'windlass_render_processes_total', 'Programs started for renders', ['tool']),
    renderSeconds: histogram(
      registry,
      'windlass_render_duration_seconds',
      'Duration of the render of one source',
      ['type'],
      seconds,
    ),
    failures: counter(registry, 'windlass_render_failures_total', 'Renders that failed', ['code']),
  };
}
