import type { KubeClient } from '#libs/kube';

const writes = ['create', 'update', 'patch', 'delete'] as const;

/** A client that counts what it writes, by verb and resource; reads and watches pass through. */
export function countingClient(client: KubeClient): { readonly client: KubeClient; readonly written: string[] } {
  const written: string[] = [];
  const counted = new Proxy(client, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      if (typeof value !== 'function') return value;
      return (...args: [{ resource?: string } | string, ...unknown[]]) => {
        const [first] = args;
        if ((writes as readonly string[]).includes(String(property)) && typeof first === 'object')
          written.push(`${String(property)} ${first.resource ?? ''}`);
        if (property === 'request' && typeof first === 'string' && first !== 'GET')
          written.push(`request ${first} ${String(args[1])}`);
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
  return { client: counted, written };
}
