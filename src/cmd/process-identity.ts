import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Unique per process: holder of Leases, reporter of Events. */
export function processIdentity(): string {
  return `${hostname()}_${randomBytes(4).toString('hex')}`;
}
