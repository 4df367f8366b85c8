import { compileGlob } from '#base/glob';
import type { GlobMatcher } from '#base/glob';
import type { Clock } from '#base/clock';
import type { Container, Pod } from '../../controllers/kinds/pod.ts';
import { keyOf } from '../../controllers/kinds/live-object.ts';
import type { ProcessState } from '../stages/container-facts.ts';
import type { RunningProcess } from './process-runner.ts';
import { runProcess } from './process-runner.ts';

/** Which program stands in for containers of an image. */
export interface ProcessMapping {
  /** A glob over image names, e.g. `message-app*`. */
  readonly image: string;
  /** Program and arguments; no shell. */
  readonly command: readonly string[];
  readonly cwd?: string;
}

/** The real local processes behind containers whose image is mapped to a program. */
export class ContainerProcesses {
  readonly #clock: Clock;
  readonly #mappings: readonly { readonly matches: GlobMatcher; readonly mapping: ProcessMapping }[];
  readonly #onChange: (podKey: string) => void;
  readonly #running = new Map<string, RunningProcess>();
  readonly #previous = new Map<string, RunningProcess>();

  constructor(options: {
    readonly clock: Clock;
    readonly mappings: readonly ProcessMapping[];
    readonly onChange: (podKey: string) => void;
  }) {
    this.#clock = options.clock;
    this.#mappings = options.mappings.map((mapping) => ({ matches: compileGlob(mapping.image), mapping }));
    this.#onChange = options.onChange;
  }

  isMapped(container: Container): boolean {
    return this.#mappingOf(container) !== undefined;
  }

  find(pod: Pod, container: string, isPrevious = false): RunningProcess | undefined {
    return (isPrevious ? this.#previous : this.#running).get(idOf(pod, container));
  }

  /** Where the process behind a container (default: the pod's first) listens. */
  addressOf(pod: Pod | undefined, container?: string): { readonly host: string; readonly port: number } | undefined {
    const running = pod && this.find(pod, container ?? pod.spec.containers[0]?.name ?? '');
    return running && { host: '127.0.0.1', port: running.port };
  }

  /** `none` for a simulated container. A mapped one that runs by its status but not here ended with an earlier server. */
  stateOf(pod: Pod, container: Container): ProcessState {
    if (!this.isMapped(container)) return 'none';
    return this.find(pod, container.name)?.state ?? 'failed';
  }

  async start(pod: Pod, container: Container, env: Readonly<Record<string, string>>): Promise<void> {
    const mapping = this.#mappingOf(container);
    if (!mapping) return;
    const id = idOf(pod, container.name);
    const before = this.#running.get(id);
    if (before) this.#previous.set(id, before);
    const { command, cwd } = mapping;
    const key = keyOf(pod);
    this.#running.set(
      id,
      await runProcess(this.#clock, { command, env, ...(cwd === undefined ? {} : { cwd }) }, () => this.#onChange(key)),
    );
  }

  async stopPod(uid: string, graceMs: number): Promise<void> {
    const ids = [...this.#running.keys()].filter((id) => id.startsWith(`${uid}/`));
    await Promise.all(ids.map(async (id) => this.#running.get(id)?.stop(graceMs)));
    for (const id of ids) {
      this.#running.delete(id);
      this.#previous.delete(id);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map((running) => running.stop(2000)));
    this.#running.clear();
  }

  #mappingOf(container: Container): ProcessMapping | undefined {
    return this.#mappings.find(({ matches }) => matches(container.image ?? ''))?.mapping;
  }
}

function idOf(pod: Pod, container: string): string {
  return `${pod.metadata.uid}/${container}`;
}
