import { readFileSync, readdirSync } from 'node:fs';
import type { CallCounts } from './call-counts.ts';

export interface ProductUsage {
  /** User and system time of the product's own threads. */
  readonly cpuMs: number;
  /** Of programs that it ran and that ended: helm, kustomize, git. */
  readonly childrenCpuMs: number;
  readonly rssMb: number;
  readonly pssMb: number;
  readonly calls: CallCounts;
}

/** Kernel ticks per second in /proc, the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU of ended children of a process, waited for. */
export function childrenCpuMs(pid: number): number {
  const fields = statFields(pid);
  return ticks(fields, 13) + ticks(fields, 14);
}

/** CPU of a process itself. */
export function ownCpuMs(pid: number): number {
  const fields = statFields(pid);
  return ticks(fields, 11) + ticks(fields, 12);
}

/** Proportional set size of a process. */
export function pssMb(pid: number): number {
  const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(match?.[1] ?? 0) / 1024;
}

/** Running children of this process whose program has one of the names. */
export function findChildren(names: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
        return names.includes(name) && Number(statFields(pid)[1]) === process.pid;
      } catch {
        // It ended while we looked.
        return false;
      }
    });
}

/** The fields after the program's name, which may hold spaces. */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function ticks(fields: readonly string[], index: number): number {
  return (Number(fields[index]) * 1000) / ticksPerSecond;
}
