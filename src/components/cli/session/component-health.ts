import { request } from 'undici';
import type { Clock } from '#base/clock';
import { withDeadline } from '#base/abort';

export interface ComponentHealth {
  readonly name: string;
  /** undefined while healthy. */
  readonly problem?: string;
}

const timeoutMs = 5000;

/** What the readiness endpoint of a running process says: "ok", or a line `name: problem` per component that is not well. */
export async function checkComponents(
  url: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly ComponentHealth[]> {
  using deadline = withDeadline(clock, timeoutMs, url, signal);
  const { statusCode, body } = await request(`${url}/readyz`, { signal: deadline.signal });
  const text = (await body.text()).trim();
  if (statusCode === 200) return [{ name: 'Components' }];
  return text.split('\n').map((line) => {
    const cut = line.indexOf(': ');
    return cut < 0 ? { name: 'Components', problem: line } : { name: line.slice(0, cut), problem: line.slice(cut + 2) };
  });
}
