import { WindlassError } from '#base/errors';
import type { Flags } from './flags.ts';
import type { Environment, ProgramName } from './invocation.ts';

/** Flags that name another place or another person than core mode would use. */
const misleading = ['server', 'auth-token', 'argocd-context'] as const;

/**
 * Refuses flags that ask for an API server: what they name would silently be replaced by the kubeconfig's cluster and user.
 * `--core` says that this is meant. Throws CORE_MODE_ONLY.
 */
export function refuseServerFlags(flags: Flags, program: ProgramName, env: Environment): void {
  if (!flags.has('core') || flags.is('core')) return;
  const flag = misleading.find((name) => flags.isSet(name));
  const variable = program === 'argocd' ? ['ARGOCD_SERVER', 'ARGOCD_AUTH_TOKEN'].find((name) => env[name]) : undefined;
  const given = flag === undefined ? variable : `--${flag}`;
  if (given === undefined) return;
  throw new WindlassError({
    code: 'CORE_MODE_ONLY',
    kind: 'Unimplemented',
    message: `${given} asks for an API server, but this version talks to the Kubernetes API directly.`,
    hint: `Leave ${given} out, or add --core to use the cluster and the user of your kubeconfig.`,
  });
}
