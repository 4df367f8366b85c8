import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry as ResourceRegistry } from '../registry/registry.ts';
import type { PodRuntime } from '../pod-runtime.ts';
import type { ProtobufTypes } from '../resources/protobuf-types.ts';
import type { Store } from '../storage/store.ts';
import type { TokenAuthority } from '../authentication/token-authority.ts';

/** What every operation works on. */
export interface ServerState {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly log: Logger;
  /** Set when the kubelet has started. */
  runtime: PodRuntime | undefined;
  readonly tokens: TokenAuthority;
  readonly protobuf: ProtobufTypes;
}
