import { resolve } from 'node:path';
import { WindlassError } from '#base/errors';
import type { LogLevel } from '#base/log';

/** Everything `windlass up` can be told; flags win over the environment, the environment over these defaults. */
export interface UpOptions {
  /** An existing cluster instead of the embedded one. */
  readonly kubeconfig?: string;
  /** The web server's port; the next free one when taken and not asked for explicitly. */
  readonly port: number;
  /** The embedded Kubernetes API's port. */
  readonly kubePort: number;
  readonly dataDir: string;
  readonly namespace: string;
  readonly demo: boolean;
  readonly takeOver: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'text';
}

/** Flags as the command line hands them over: all optional, all text or boolean. */
export type UpFlags = Readonly<
  Partial<Record<'kubeconfig' | 'port' | 'kubePort' | 'dataDir' | 'namespace' | 'logLevel' | 'logFormat', string>> & {
    demo?: boolean;
    takeOver?: boolean;
  }
>;

const levels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** Flags over environment over defaults. Throws FLAG_INVALID naming the flag and its variable. */
export function parseUpOptions(
  flags: UpFlags,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): UpOptions {
  const kubeconfig = flags.kubeconfig ?? env['WINDLASS_KUBECONFIG'];
  return {
    ...(kubeconfig ? { kubeconfig: resolve(cwd, kubeconfig) } : {}),
    port: parsePort('port', flags.port ?? env['WINDLASS_PORT'] ?? '7700'),
    kubePort: parsePort('kube-port', flags.kubePort ?? env['WINDLASS_KUBE_PORT'] ?? '7743'),
    dataDir: resolve(cwd, flags.dataDir ?? env['WINDLASS_DATA_DIR'] ?? '.windlass'),
    namespace: flags.namespace ?? env['WINDLASS_NAMESPACE'] ?? 'argocd',
    demo: flags.demo ?? (env['WINDLASS_DEMO'] ?? 'true') !== 'false',
    takeOver: flags.takeOver ?? env['WINDLASS_TAKE_OVER'] === 'true',
    logLevel: parseChoice('log-level', flags.logLevel ?? env['WINDLASS_LOG_LEVEL'] ?? 'warn', levels) as LogLevel,
    logFormat: parseChoice('log-format', flags.logFormat ?? env['WINDLASS_LOG_FORMAT'] ?? 'text', ['json', 'text']) as
      'json' | 'text',
  };
}

function parsePort(flag: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw invalid(flag, `"${text}" is not a port.`, 'Give a number from 0 (any free port) to 65535.');
}

function parseChoice(flag: string, text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  throw invalid(flag, `"${text}" is not one of ${choices.join(', ')}.`, `Choose one of ${choices.join(', ')}.`);
}

function invalid(flag: string, what: string, hint: string): WindlassError {
  return new WindlassError({
    code: 'FLAG_INVALID',
    kind: 'InvalidInput',
    message: `--${flag}: ${what}`,
    hint,
    at: { field: flag },
  });
}
