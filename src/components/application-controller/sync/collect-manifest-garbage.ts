import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import type { ManifestStore } from '#services/manifest-store';

export interface ManifestGarbageOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly manifestStore: Pick<ManifestStore, 'collectGarbage'>;
}

const everyMs = 3_600_000;
const minAgeMs = 24 * 3_600_000;

/** Now and then removes stored manifests that nobody refers to any more. Runs until the signal aborts. */
export async function collectManifestGarbage(
  { clock, log, manifestStore }: ManifestGarbageOptions,
  kept: () => ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(everyMs * (0.9 + 0.2 * clock.random()), signal).catch(() => undefined);
    if (signal.aborted) return;
    await manifestStore.collectGarbage({ keep: kept(), minAgeMs }).catch((error: unknown) => {
      log.warn({ err: toWindlassError(error) }, 'Cannot clean the manifest store');
    });
  }
}
