import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#base/clock';
import type { ProductUsage } from './process-usage.ts';

export interface ProductProcess extends AsyncDisposable {
  usage(): Promise<ProductUsage>;
}

const script = fileURLToPath(new URL('product-process.ts', import.meta.url));

/** Resolves when the product's caches are filled. */
export async function startProductProcess(kubeconfig: string, dataDir: string): Promise<ProductProcess> {
  const child = fork(script, [kubeconfig, dataDir]);
  const exited = once(child, 'exit');
  const failed = exited.then(([code]) => Promise.reject(new Error(`The product ended with code ${String(code)}.`)));
  failed.catch(() => undefined);
  const answer = async () => ((await Promise.race([once(child, 'message'), failed])) as unknown[])[0];
  await answer();
  return {
    async usage() {
      const usage = answer();
      child.send('usage');
      return (await usage) as ProductUsage;
    },
    async [Symbol.asyncDispose]() {
      const cancel = systemClock.after(15_000, () => child.kill('SIGKILL'));
      if (child.connected) child.send('stop');
      await exited;
      cancel();
    },
  };
}
