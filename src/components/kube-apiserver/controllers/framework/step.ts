import type { Clock } from '#base/clock';
import type { Cluster } from './cluster.ts';
import type { EventRecorder } from './event-recorder.ts';

/** What one step of a control loop works with. */
export interface Step {
  readonly cluster: Cluster;
  readonly events: EventRecorder;
  readonly clock: Clock;
  /** Ends the step when the controller closes. */
  readonly signal: AbortSignal;
}
