import { createServer } from 'node:net';
import { WindlassError } from '#base/errors';

const attempts = 100;

/** The wanted port on loopback, or the next free one above it; 0 stays 0. */
export async function findFreePort(wanted: number): Promise<number> {
  if (wanted === 0) return 0;
  for (let port = wanted; port < wanted + attempts && port <= 65_535; port++) if (await isFree(port)) return port;
  throw new WindlassError({
    code: 'PORT_TAKEN',
    kind: 'FailedPrecondition',
    message: `Ports ${wanted} to ${wanted + attempts - 1} are all taken.`,
    hint: 'Choose another with --port or --kube-port.',
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
