import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import { formatResourceKey } from '#libs/kube';
import type { ClusterPool } from '../clusters/cluster-pool.ts';
import type { KindWatch } from '../live/kind-watch.ts';
import type { LiveCluster } from '../live/live-cluster.ts';
import { findCorrections } from './find-corrections.ts';
import type { Correction } from './find-corrections.ts';

export interface ReVerifierOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly clusters: ClusterPool;
  /** All kinds of a cluster are looked at once in this time. */
  readonly periodMs: number;
  readonly corrected: (server: string, corrections: readonly Correction[]) => void;
  /** Compare these instances' resources of the kind from scratch. */
  readonly recheck: (server: string, ids: readonly string[]) => void;
}

const pauseMs = 1000;
const lagMs = 2000;

/** Lists one kind after the other, slowly and for ever, and holds the index to it: dirty tracking is not trusted blindly. */
export class ReVerifier {
  readonly #options: ReVerifierOptions;

  constructor(options: ReVerifierOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, clusters, log } = this.#options;
    let position = 0;
    while (!signal.aborted) {
      const all = clusters
        .clusters()
        .flatMap((cluster) => (cluster.isReady ? cluster.watchedKinds().map((watch) => ({ cluster, watch })) : []));
      await clock
        .sleep(Math.max(pauseMs, this.#options.periodMs / Math.max(1, all.length)), signal)
        .catch(() => undefined);
      const next = all[position++ % Math.max(1, all.length)];
      if (next === undefined || signal.aborted) continue;
      await this.verify(next.cluster, next.watch, signal).catch((error: unknown) => {
        if (!signal.aborted)
          log.debug({ kind: next.watch.kind, err: toWindlassError(error) }, 'Cannot re-verify a kind');
      });
    }
  }

  /** Verifies one kind now; what differs twice in a row is corrected. */
  async verify(cluster: LiveCluster, watch: KindWatch, signal: AbortSignal): Promise<readonly Correction[]> {
    const { clock, log, corrected, recheck } = this.#options;
    const first = await this.#compare(cluster, watch, signal);
    let certain = first;
    if (first.length > 0) {
      // The list may be ahead of the watch.
      await clock.sleep(lagMs, signal);
      const suspects = new Set(first.map(({ key }) => formatResourceKey(key)));
      certain = (await this.#compare(cluster, watch, signal)).filter(({ key }) => suspects.has(formatResourceKey(key)));
    }
    for (const { key, object, reason } of certain) {
      log.warn({ server: cluster.server, object: formatResourceKey(key), reason }, 'Corrected what the index held');
      cluster.correct(key, object);
    }
    if (certain.length > 0) corrected(cluster.server, certain);
    recheck(cluster.server, heldIds(cluster, watch));
    return certain;
  }

  async #compare(cluster: LiveCluster, watch: KindWatch, signal: AbortSignal): Promise<readonly Correction[]> {
    const { type, namespace } = watch;
    const { items } = await cluster.client.list(type, { ...(namespace === undefined ? {} : { namespace }), signal });
    return findCorrections({
      index: cluster.index,
      listed: items,
      held: watch.keys().flatMap((key) => cluster.index.node(key) ?? []),
    });
  }
}

function heldIds(cluster: LiveCluster, watch: KindWatch): readonly string[] {
  return watch.keys().flatMap((key) => (cluster.index.object(key) === undefined ? [] : [formatResourceKey(key)]));
}
