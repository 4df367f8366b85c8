import type { EventNote } from '../../controllers/framework/event-recorder.ts';
import type { ContainerSlot } from '../stages/container-facts.ts';
import type { ContainerOutcome } from '../stages/container-stages.ts';

/** What a kubelet reports when that happens to a container. */
export function outcomeEvents(
  { container, role, status }: ContainerSlot,
  outcome: ContainerOutcome,
  problem: string | undefined,
): EventNote[] {
  const image = container.image ?? '';
  const fieldPath = `spec.${role === 'main' ? 'containers' : 'initContainers'}{${container.name}}`;
  const note = (type: EventNote['type'], reason: string, message: string): EventNote => ({
    type,
    reason,
    message,
    fieldPath,
  });
  switch (outcome) {
    case 'pullFailed':
      return [
        note('Normal', 'Pulling', `Pulling image "${image}"`),
        note(
          'Warning',
          'Failed',
          `Failed to pull image "${image}": failed to pull and unpack image "${image}": not found`,
        ),
        note('Warning', 'Failed', 'Error: ErrImagePull'),
      ];
    case 'pullBackOff':
      return [
        note('Normal', 'BackOff', `Back-off pulling image "${image}"`),
        note('Warning', 'Failed', 'Error: ImagePullBackOff'),
      ];
    case 'configError':
      return [note('Warning', 'Failed', `Error: ${problem ?? ''}`)];
    case 'mountFailed':
      return [{ type: 'Warning', reason: 'FailedMount', message: problem ?? '' }];
    case 'running': {
      const isFirst = status.imageID === '';
      const pull = isFirst && container.imagePullPolicy === 'Always';
      return [
        ...(pull
          ? [
              note('Normal', 'Pulling', `Pulling image "${image}"`),
              note('Normal', 'Pulled', `Successfully pulled image "${image}" (simulated)`),
            ]
          : []),
        ...(pull ? [] : [note('Normal', 'Pulled', `Container image "${image}" already present on machine`)]),
        note('Normal', 'Created', `Container created: ${container.name}`),
        note('Normal', 'Started', `Container started: ${container.name}`),
      ];
    }
    case 'crashBackOff':
      return [note('Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod`)];
    default:
      return [];
  }
}
