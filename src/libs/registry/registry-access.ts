import type { Secret } from '#base/secret';

/** Who we are at a registry, and how to connect to it. */
export interface RegistryAccess {
  readonly username?: string;
  readonly password?: Secret;
  /** Sent as it is instead of asking the token service. */
  readonly bearerToken?: Secret;
  readonly caPem?: string;
  readonly clientCert?: string;
  readonly clientKey?: Secret;
  /** Accept any certificate. */
  readonly insecure?: boolean;
  /** Speak http. Loopback registries may be spoken to so without it. */
  readonly plainHttp?: boolean;
  readonly proxy?: string;
  readonly noProxy?: string;
  /** Hosts that may hand out tokens for this registry, beside the registry itself. */
  readonly tokenHosts?: readonly string[];
}
