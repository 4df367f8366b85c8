import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '#base/json';
import type { RendererStatus } from '#core/contracts';

/** What `windlass up` wrote about itself to `status.json` in its data directory. */
export interface UpStatus {
  readonly pid: number | undefined;
  readonly version: string | undefined;
  readonly url: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly namespace: string | undefined;
  /** True for the embedded cluster, whose pods are simulated. */
  readonly embedded: boolean;
  readonly startedAt: string | undefined;
  /** Its rendering programs and their confinement. */
  readonly renderer: RendererStatus | undefined;
}

/** Undefined when there is no such file, or when it cannot be read. */
export function readUpStatus(dataDir: string): UpStatus | undefined {
  const all = readJsonFile(join(dataDir, 'status.json'));
  if (all === undefined) return undefined;
  const text = (key: string) => (typeof all[key] === 'string' ? all[key] : undefined);
  return {
    pid: typeof all['pid'] === 'number' ? all['pid'] : undefined,
    version: text('version'),
    url: text('url')?.replace(/\/+$/, ''),
    kubeconfig: text('kubeconfig'),
    namespace: text('namespace'),
    embedded: all['embedded'] === true,
    startedAt: text('startedAt'),
    renderer: rendererOf(all['renderer']),
  };
}

/** The running process that holds a data directory; undefined when none does. */
export function findUpProcess(dataDir: string, nowMs: number): number | undefined {
  const file = join(dataDir, 'windlass.pid');
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0 || !isRunning(pid)) return undefined;
    const startedMs = processStartMs(pid, nowMs);
    // A process that began after the file was written got the number of one that is gone.
    return startedMs !== undefined && startedMs > statSync(file).mtimeMs + clockToleranceMs ? undefined : pid;
  } catch {
    return undefined;
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const clockToleranceMs = 5000;
const msPerTick = 10;

/** When a process began, from Linux' /proc; undefined elsewhere. */
function processStartMs(pid: number, nowMs: number): number | undefined {
  try {
    const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
    // The program's name, in parentheses, may hold blanks; the start is the 20th field behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const startedMs = nowMs - uptimeMs + Number(fields[19]) * msPerTick;
    return Number.isFinite(startedMs) ? startedMs : undefined;
  } catch {
    return undefined;
  }
}

function readJsonFile(file: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function rendererOf(value: unknown): RendererStatus | undefined {
  return isRecord(value) && Array.isArray(value['tools']) && isRecord(value['confinement'])
    ? (value as Record<string, unknown> & RendererStatus)
    : undefined;
}
