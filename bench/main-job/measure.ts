import { systemClock } from '#base/clock';
import { add, differingWrites, subtract } from './call-counts.ts';
import type { CallCounts } from './call-counts.ts';
import type { Rig } from './rig.ts';

/** What a piece of work cost, from before it until everything is quiet after it. */
export interface Cost {
  readonly seconds: number;
  /** The product's own threads. */
  readonly cpuMs: number;
  /** Programs that it ran: helm, kustomize, git. */
  readonly childrenCpuMs: number;
  readonly serverCpuMs: number | undefined;
  readonly calls: CallCounts;
  readonly rssMb: number;
  readonly pssMb: number;
  /** Where the product's count and the server's differ; empty when they agree or when the server has none. */
  readonly disagreements: readonly string[];
}

/** Runs the work, waits until the product made no call for `quietMs`, and answers what it cost. */
export async function measure(rig: Rig, work: () => Promise<void>, quietMs = 1000): Promise<Cost> {
  const before = await quiet(rig, 300);
  await work();
  const after = await quiet(rig, quietMs);
  const calls = subtract(after.calls, before.calls);
  const own = subtract(after.ownCalls, before.ownCalls);
  return {
    seconds: (after.at - before.at) / 1000,
    cpuMs: after.cpuMs - before.cpuMs,
    childrenCpuMs: after.childrenCpuMs - before.childrenCpuMs,
    serverCpuMs:
      after.serverCpuMs === undefined || before.serverCpuMs === undefined
        ? undefined
        : after.serverCpuMs - before.serverCpuMs,
    calls,
    rssMb: after.rssMb,
    pssMb: after.pssMb,
    disagreements:
      after.serverCalls && before.serverCalls
        ? differingWrites(add(calls, own), subtract(after.serverCalls, before.serverCalls))
        : [],
  };
}

async function quiet(rig: Rig, quietMs: number) {
  let last = await rig.usage();
  for (;;) {
    await systemClock.sleep(quietMs);
    const now = await rig.usage();
    const made = Object.keys(subtract(now.calls, last.calls)).filter(
      (key) => !key.endsWith(' leases') && !key.startsWith('WATCH '),
    );
    if (made.length === 0) return now;
    last = now;
  }
}

/** The value below which the share of the sorted values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
