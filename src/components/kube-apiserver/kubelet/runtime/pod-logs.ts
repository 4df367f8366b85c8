import { WindlassError } from '#base/errors';
import { raceAbort } from '#base/abort';
import type { Clock } from '#base/clock';
import { deferred } from '#base/deferred';
import type { Cache } from '../../controllers/framework/cache.ts';
import type { Container, Pod } from '../../controllers/kinds/pod.ts';
import type { PodLogRequest, PodRuntime } from '../../pod-runtime.ts';
import type { ContainerProcesses } from './container-processes.ts';
import { formatLogLine, selectLogLines } from './select-log-lines.ts';
import type { LogLine } from './simulated-log.ts';
import { simulatedLog } from './simulated-log.ts';

/** The logs of the simulated node's containers. */
export class PodLogs implements PodRuntime {
  readonly #pods: Cache<Pod>;
  readonly #processes: ContainerProcesses;
  readonly #clock: Clock;
  #changed = deferred();

  constructor(options: { readonly pods: Cache<Pod>; readonly processes: ContainerProcesses; readonly clock: Clock }) {
    this.#pods = options.pods;
    this.#processes = options.processes;
    this.#clock = options.clock;
    this.#pods.onChange(() => this.notify());
  }

  /** Wakes those who follow a log. */
  notify(): void {
    const { resolve } = this.#changed;
    this.#changed = deferred();
    resolve();
  }

  async *logs(request: PodLogRequest, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const { pod, container } = this.#find(request);
    let left = request.limitBytes ?? Number.POSITIVE_INFINITY;
    let sent = 0;
    for (let isFirst = true; ; isFirst = false) {
      const changed = this.#changed.promise;
      const { lines, end, isOver } = this.#read(pod, container, request);
      const fresh = isFirst
        ? selectLogLines(lines, request, this.#clock.now())
        : lines.slice(Math.max(0, lines.length - (end - sent)));
      sent = end;
      const text = Buffer.from(fresh.map((line) => formatLogLine(line, request.timestamps)).join(''));
      if (text.length > 0) yield text.subarray(0, Math.min(text.length, left));
      left -= text.length;
      if (left <= 0 || isOver || !request.follow || request.previous) return;
      try {
        await raceAbort(changed, signal);
      } catch {
        return; // The reader has gone.
      }
    }
  }

  #find({ namespace, pod: name, container: containerName }: PodLogRequest): { pod: Pod; container: Container } {
    const pod = this.#pods.get(namespace, name);
    if (!pod) throw new WindlassError({ code: 'POD_NOT_FOUND', kind: 'NotFound', message: `pods "${name}" not found` });
    const container = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(
      (candidate) => candidate.name === containerName,
    );
    if (!container) {
      throw new WindlassError({
        code: 'CONTAINER_NOT_FOUND',
        kind: 'InvalidInput',
        message: `container ${containerName} is not valid for pod ${name}`,
      });
    }
    return { pod, container };
  }

  #read(
    pod: Pod,
    container: Container,
    { previous }: PodLogRequest,
  ): { lines: readonly LogLine[]; end: number; isOver: boolean } {
    const current = this.#pods.byUid(pod.metadata.uid);
    const running = this.#processes.find(pod, container.name, previous);
    if (running)
      return { lines: running.log.lines, end: running.log.end, isOver: running.exitCode !== undefined || !current };
    const shown = current ?? pod;
    const status = [...(shown.status?.containerStatuses ?? []), ...(shown.status?.initContainerStatuses ?? [])].find(
      ({ name }) => name === container.name,
    );
    if (!previous && current && status?.state.waiting && !status.lastState.terminated && !status.state.running) {
      const reason = status.state.waiting.reason ?? 'ContainerCreating';
      const message =
        reason === 'ImagePullBackOff' || reason === 'ErrImagePull'
          ? `container "${container.name}" in pod "${pod.metadata.name}" is waiting to start: trying and failing to pull image`
          : `container "${container.name}" in pod "${pod.metadata.name}" is waiting to start: ${reason}`;
      throw new WindlassError({ code: 'CONTAINER_WAITING', kind: 'InvalidInput', message });
    }
    if (previous && !status?.lastState.terminated) {
      const message = `previous terminated container "${container.name}" in pod "${pod.metadata.name}" not found`;
      throw new WindlassError({ code: 'NO_PREVIOUS_CONTAINER', kind: 'InvalidInput', message });
    }
    const lines = simulatedLog(shown, container, status, previous);
    return {
      lines,
      end: lines.length,
      isOver: !current || (status?.state.terminated !== undefined && pod.spec.restartPolicy !== 'Always'),
    };
  }
}
