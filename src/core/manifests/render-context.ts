import type { ApplicationSource } from '#core/api';
import type { ClusterCapabilities, RenderSettings, SourceType } from '#core/contracts';
import type { BuildEnvironment } from './build-environment.ts';
import type { RecordingTree } from './reads/recording-tree.ts';
import type { RenderTools } from './render-tools.ts';
import type { RenderedObject } from './rendered-object.ts';

/** The cluster's version and APIs; it remembers whether anybody asked. */
export class ClusterView {
  readonly #capabilities: ClusterCapabilities;
  #isUsed = false;

  constructor(capabilities: ClusterCapabilities) {
    this.#capabilities = capabilities;
  }

  get isUsed(): boolean {
    return this.#isUsed;
  }

  tell(): ClusterCapabilities {
    this.#isUsed = true;
    return this.#capabilities;
  }
}

/** Everything that one source is rendered from. */
export interface RenderContext {
  readonly source: ApplicationSource;
  readonly tree: RecordingTree;
  /** Directory of the source in the tree. */
  readonly path: string;
  /** Trees of the sources with a `ref`, by that name. */
  readonly references: ReadonlyMap<string, RecordingTree>;
  readonly appName: string;
  readonly namespace: string;
  readonly project: string;
  readonly cluster: ClusterView;
  readonly settings: RenderSettings;
  readonly environment: BuildEnvironment;
  readonly tools: RenderTools;
  readonly signal: AbortSignal;
}

export interface RenderedSource {
  readonly objects: readonly RenderedObject[];
  readonly commands: readonly string[];
  readonly warnings: readonly string[];
}

/** One way to turn a directory into objects. */
export interface Renderer {
  readonly type: SourceType;
  render(context: RenderContext): Promise<RenderedSource>;
}
