import type { Clock } from '#base/clock';
import type { Confinement } from '#base/confinement';
import type { Program } from '#base/program';
import type { Tree } from '#base/tree';
import type { KustomizeProgram } from '#libs/kustomize';
import type { PluginCommand } from './plugin/plugin-command.ts';

/** A chart that another chart depends on. */
export interface ChartDependency {
  readonly name: string;
  /** A version or a range. */
  readonly version: string;
  /** `https://…`, `oci://…`, or `@name` of a configured repository. */
  readonly repository: string;
}

export interface FetchedChart {
  /** The packed chart on disk; shared, never write to it. */
  readonly file: string;
  readonly version: string;
}

/** What renderers need from outside: programs, a place for files, and what a source declares that it needs from elsewhere. */
export interface RenderTools {
  readonly clock: Clock;
  readonly confinement: Confinement;
  readonly plugins: ReadonlyMap<string, PluginCommand>;
  helm(): Promise<Program>;
  kustomize(): Promise<KustomizeProgram>;
  jsonnet(): Promise<Program>;
  /** A new private directory that goes away after the render. */
  scratch(): Promise<string>;
  /** Only from repositories that the project permits. Throws when there is none or it has no such chart. */
  fetchChart(dependency: ChartDependency, signal: AbortSignal): Promise<FetchedChart>;
  /** A repository that a kustomization takes a base from, at a ref. Only what the project permits. */
  openRepository(target: { readonly url: string; readonly ref: string }, signal: AbortSignal): Promise<Tree>;
  /** A file from a URL that the source names. */
  fetchFile(url: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Called for each program that is started. */
  onStart(tool: string): void;
}
