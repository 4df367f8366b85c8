import { join } from 'node:path';
import type { Clock } from '#base/clock';
import { detectConfinement } from '#base/confinement';
import type { Confinement } from '#base/confinement';
import { toWindlassError } from '#base/errors';
import { FileDigests } from '#base/program';
import type { Program } from '#base/program';
import { tempDir } from '#base/tempdir';
import type { RendererStatus } from '#core/contracts';
import { findHelm, helmVersion } from '#libs/helm';
import { findKustomize, kustomizeVersion } from '#libs/kustomize';
import type { KustomizeProgram } from '#libs/kustomize';
import { findJsonnet, jsonnetVersion } from '#libs/languages/jsonnet';
import type { RepoServerOptions } from './repo-server-options.ts';

export type ToolName = 'helm' | 'kustomize' | 'jsonnet';

interface Found {
  readonly program: Promise<Program>;
  readonly at: number;
}

/** How long a program that was found is not looked for again. */
const findAgainAfterMs = 30_000;

/** The programs that render, found when first needed, and how they are shut in. */
export class Toolbox {
  readonly #options: RepoServerOptions;
  readonly #digests = new FileDigests();
  readonly #found = new Map<ToolName, Found>();
  #confinement: Promise<Confinement> | undefined;

  constructor(options: RepoServerOptions) {
    this.#options = options;
  }

  confinement(): Promise<Confinement> {
    return (this.#confinement ??= detectConfinement(this.#options.clock));
  }

  helm(): Promise<Program> {
    const { settings } = this.#options;
    return this.#find('helm', () => findHelm({ path: settings?.helmPath, dir: this.#bin, digests: this.#digests }));
  }

  async kustomize(): Promise<KustomizeProgram> {
    const { settings } = this.#options;
    return this.#find('kustomize', () =>
      findKustomize({ path: settings?.kustomizePath, dir: this.#bin, digests: this.#digests }),
    );
  }

  jsonnet(): Promise<Program> {
    const { settings } = this.#options;
    return this.#find('jsonnet', () => findJsonnet({ path: settings?.jsonnetPath, digests: this.#digests }));
  }

  /** The digest of a program as it is now. */
  async digest(name: ToolName): Promise<string> {
    return (await this[name]()).digest;
  }

  async status(): Promise<RendererStatus> {
    const { network, memory, explanation } = await this.confinement();
    const names: readonly ToolName[] = ['helm', 'kustomize', 'jsonnet'];
    return {
      tools: await Promise.all(names.map((name) => this.#toolStatus(name))),
      confinement: { network, memory, explanation },
    };
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get #bin(): string {
    return this.#options.settings?.binDir ?? join(this.#options.dataDir, 'bin');
  }

  #find<P extends Program>(name: ToolName, find: () => Promise<P>): Promise<P> {
    const now = this.#options.clock.now();
    const known = this.#found.get(name);
    // Only this method fills the map, each name with its own type of program.
    if (known && now - known.at < findAgainAfterMs) return known.program as Promise<P>;
    const program = find();
    this.#found.set(name, { program, at: now });
    program.catch(() => this.#found.delete(name));
    return program;
  }

  async #toolStatus(name: ToolName): Promise<RendererStatus['tools'][number]> {
    try {
      const { path, digest } = await this[name]();
      const version = await this.#version(name);
      return { name, path, digest, ...(version === undefined ? {} : { version }) };
    } catch (error) {
      return { name, error: toWindlassError(error).toJSON() };
    }
  }

  async #version(name: ToolName): Promise<string | undefined> {
    await using home = await tempDir();
    const run = { home: home.path, clock: this.clock, confinement: await this.confinement() };
    if (name === 'helm') return helmVersion({ ...run, program: await this.helm() });
    if (name === 'kustomize') return kustomizeVersion({ ...run, program: await this.kustomize() });
    return jsonnetVersion({ ...run, program: await this.jsonnet() });
  }
}
