import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { WindlassError } from './errors.ts';

/** Where no server that a user may name can be: link-local (a cloud's metadata service), multicast, unspecified. */
const forbidden = new BlockList();
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('224.0.0.0', 4, 'ipv4');
forbidden.addSubnet('240.0.0.0', 4, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addSubnet('ff00::', 8, 'ipv6');
forbidden.addAddress('::', 'ipv6');
/** The metadata service of one large cloud over IPv6. */
forbidden.addAddress('fd00:ec2::254', 'ipv6');

/** Whether an address must never be connected to (`safety.md` §3, egress). */
export function isForbiddenAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && forbidden.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** Thrown for a host that is, or resolves to, a forbidden address. */
export function addressForbidden(host: string): WindlassError {
  return new WindlassError({
    code: 'HTTP_ADDRESS_FORBIDDEN',
    kind: 'InvalidInput',
    message: `The host "${host}" has an address that must not be connected to.`,
    hint: 'Link-local, multicast and unspecified addresses are never servers of repositories.',
  });
}

type LookupDone = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Looks a name up as a connection does, and refuses it when any of its addresses is forbidden. The connection is made to
 * the addresses that were checked, so that a name cannot change its meaning in between.
 */
export function guardedLookup(host: string, options: LookupOptions, done: LookupDone): void {
  lookup(host, options, (error, address, family) => {
    if (error) return done(error, address, family);
    const addresses = typeof address === 'string' ? [address] : address.map((found) => found.address);
    return addresses.some(isForbiddenAddress)
      ? done(addressForbidden(host), address, family)
      : done(null, address, family);
  });
}
