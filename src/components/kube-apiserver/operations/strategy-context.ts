import { randomBytes } from 'node:crypto';
import type { KubeObject } from '#libs/kube';
import type { StrategyContext } from '../registry/strategy.ts';
import type { CallContext } from './call-context.ts';
import type { ServerState } from './server-state.ts';

export function strategyContext(server: ServerState, call: CallContext): StrategyContext {
  return {
    now: server.clock.now(),
    user: call.user,
    dryRun: call.dryRun,
    lookup: (collection, namespace, name) =>
      server.store.collection(collection).get(namespace === '' ? name : `${namespace}/${name}`)?.object,
    scan: (collection, namespace) => scan(server, collection, namespace),
    warn: (text) => void call.warnings.push(text),
    random: randomText,
  };
}

function* scan(server: ServerState, collection: string, namespace: string | undefined): Generator<KubeObject> {
  for (const entry of server.store.collection(collection).range(namespace)) yield entry.object;
}

/** Letters and digits without vowels and look-alikes, as generated names use them. */
export const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

export function randomText(alphabet: string, length: number): string {
  let text = '';
  for (const byte of randomBytes(length)) text += alphabet[byte % alphabet.length] as string;
  return text;
}
