import type { Clock } from './clock.ts';
import { exec } from './exec.ts';
import type { ExecOptions, ExecResult } from './exec.ts';

/** How far the kernel lets us shut in a program that works on untrusted input. */
export interface Confinement {
  /** `none`: in a network namespace of its own without any interface. `host`: as we are. */
  readonly network: 'none' | 'host';
  readonly memory: 'limited' | 'unlimited';
  /** For people: how, or why not. */
  readonly explanation: string;
  /** Puts this in front of a program's argument list. */
  readonly unshare: readonly string[];
  readonly prlimit: readonly string[];
}

export interface ConfinedLimits {
  /** Address space; Go programs reserve much more than they use. Default 8 GiB. */
  readonly maxAddressBytes?: number;
  /** CPU time. Default 90 s. */
  readonly maxCpuSeconds?: number;
  /** Size of any one file that it writes. Default 256 MB. */
  readonly maxFileBytes?: number;
  /** Set for programs that must reach something declared, such as a chart repository. */
  readonly allowNetwork?: boolean;
}

/** Tries what the kernel allows, once: keep the result. */
export async function detectConfinement(clock: Clock): Promise<Confinement> {
  const works = async (program: string, ...args: string[]) =>
    exec(program, [...args, '--', 'true'], { timeoutMs: 5000, clock }).then(
      () => true,
      () => false,
    );
  // Without root, a user namespace of its own makes the network namespace possible where the kernel permits it.
  const flag = process.getuid?.() === 0 ? '-n' : '-rn';
  const isOffline = await works('unshare', flag);
  const isLimited = await works('prlimit', '--core=0');
  return {
    network: isOffline ? 'none' : 'host',
    memory: isLimited ? 'limited' : 'unlimited',
    unshare: isOffline ? ['unshare', flag, '--'] : [],
    prlimit: isLimited ? ['prlimit'] : [],
    explanation: [
      isOffline
        ? 'Renderers run in a network namespace without interfaces.'
        : 'Renderers share the network: this kernel or container does not permit "unshare" for network namespaces.',
      isLimited
        ? 'Memory, CPU time and file size are limited.'
        : 'Only time and output are limited: "prlimit" is missing.',
    ].join(' '),
  };
}

/** Runs a program as `exec` does, shut in as far as `detectConfinement` found possible. */
export function execConfined(
  confinement: Confinement,
  program: string,
  args: readonly string[],
  { limits = {}, ...options }: ExecOptions & { readonly limits?: ConfinedLimits } = {},
): Promise<ExecResult> {
  const { maxAddressBytes = 8 * 1024 ** 3, maxCpuSeconds = 90, maxFileBytes = 256 * 1024 ** 2, allowNetwork } = limits;
  const caps = [`--as=${maxAddressBytes}`, `--cpu=${maxCpuSeconds}`, `--fsize=${maxFileBytes}`, '--core=0', '--'];
  const [first = program, ...rest] = [
    ...(allowNetwork ? [] : confinement.unshare),
    ...(confinement.prlimit.length > 0 ? [...confinement.prlimit, ...caps] : []),
    program,
    ...args,
  ];
  return exec(first, rest, options);
}
