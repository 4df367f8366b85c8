import { WindlassError, toWindlassError } from '#base/errors';
import { hashJson } from '#base/hash';
import type { Logger } from '#base/log';
import type { ApplicationSource, Operation } from '#core/api';
import type { RepoServer, RevisionAnswer } from '#core/contracts';
import type { KubeObject } from '#libs/kube';
import { gvkOf } from '#libs/kube';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { matchRepositoryCredential } from '#services/credentials';
import type { KnownCredentials, RepositoryAccess } from '#services/credentials';
import type { ManifestStore } from '#services/manifest-store';
import { matchSource } from '#services/projects';
import type { ApplicationSession } from '../application-session.ts';
import type { RevisionSource } from '../refs/revision-source.ts';
import { revisionQueryOf } from '../refresh/sources-of.ts';
import type { OperationSource } from '../sync/operation-source.ts';
import { buildTargets } from './build-targets.ts';
import type { Rendered, Targets } from './desired-state.ts';
import { describeRenderFailure, describeRevisionFailure } from './describe-failure.ts';
import { renderApplication } from './render-application.ts';

export interface DesiredSourceOptions {
  readonly log: Logger;
  readonly repoServer: RepoServer;
  readonly manifestStore: Pick<ManifestStore, 'get'>;
  readonly revisions: RevisionSource;
  readonly credentials: () => KnownCredentials;
}

/** Where the wanted objects of applications and operations come from. */
export class DesiredSource {
  readonly #options: DesiredSourceOptions;

  constructor(options: DesiredSourceOptions) {
    this.#options = options;
  }

  /** The newest revisions of the session's sources. Throws REVISION_UNRESOLVED with the text for the condition. */
  async revisions({ key, sources, project }: ApplicationSession, refresh: boolean): Promise<readonly string[]> {
    return this.#resolve(key, sources, project.metadata.name ?? '', refresh);
  }

  /** Throws RENDER_FAILED with the text for the condition. */
  async render(session: ApplicationSession, revisions: readonly string[], noCache: boolean): Promise<Rendered> {
    return this.#render(session, session.sources, revisions, { previous: session.record.rendered, noCache });
  }

  /** What an operation deploys: handed-in manifests, a stored deployment, what is known already, or a fresh render. */
  async renderOperation(
    session: ApplicationSession,
    source: OperationSource,
    operation: Operation,
  ): Promise<{ readonly rendered: Rendered; readonly revisions: readonly string[] }> {
    const { record, key } = session;
    const manifests = operation.sync?.manifests;
    if (manifests !== undefined && manifests.length > 0) {
      return { rendered: handedIn(manifests, source.sources), revisions: source.revisions ?? record.revisions };
    }
    const isOwn = hashJson(source.sources) === hashJson(session.sources);
    const known = record.rendered;
    // What was compared is what gets applied: the same revision may render differently for a cluster that learnt new kinds.
    if (isOwn && known !== undefined && source.revisions?.join('\n') === record.revisions.join('\n')) {
      return { rendered: known, revisions: record.revisions };
    }
    const stored = source.manifests === undefined ? undefined : await this.#stored(source.manifests);
    if (stored !== undefined && source.revisions !== undefined) {
      const rendered = {
        ...blank,
        digest: source.manifests ?? '',
        objects: stored,
        sources: source.sources,
        revisions: source.revisions,
      };
      return { rendered, revisions: source.revisions };
    }
    const revisions = await this.#operationRevisions(session, source, isOwn);
    if (isOwn && known !== undefined && record.revisions.join('\n') === revisions.join('\n')) {
      return { rendered: known, revisions };
    }
    const rendered = await this.#render(session, source.sources, revisions, { previous: undefined, noCache: false });
    this.#options.revisions.forget(`${key}#operation`);
    return { rendered, revisions };
  }

  targets({ cluster, instance, namespace, settings }: ApplicationSession, { objects }: Rendered): Targets {
    return buildTargets({
      objects,
      instance,
      destinationNamespace: namespace,
      tracking: settings.tracking,
      isNamespaced: (gvk) => cluster.resource(gvk)?.namespaced,
      isExcluded: (kind) => cluster.isExcluded(kind),
    });
  }

  /** Makes the kinds of rendered objects known; costs nothing when they are. */
  async learnKinds({ cluster, signal }: ApplicationSession, { objects }: Rendered): Promise<void> {
    const kinds = new Map(objects.map((object) => [`${object.apiVersion}/${object.kind}`, gvkOf(object)]));
    await cluster.learnKinds([...kinds.values()], signal);
  }

  access(repoUrl: string, project: string): RepositoryAccess {
    return matchRepositoryCredential(repoUrl, this.#options.credentials(), project);
  }

  async #operationRevisions(
    session: ApplicationSession,
    source: OperationSource,
    isOwn: boolean,
  ): Promise<readonly string[]> {
    if (source.arePinned && source.revisions !== undefined) return source.revisions;
    if (source.revisions === undefined && isOwn && session.record.rendered !== undefined)
      return session.record.revisions;
    const wanted = source.sources.map((one, index) => {
      const revision = source.revisions?.[index];
      return revision === undefined ? one : { ...one, targetRevision: revision };
    });
    return this.#resolve(`${session.key}#operation`, wanted, session.project.metadata.name ?? '', true);
  }

  async #resolve(
    user: string,
    sources: readonly ApplicationSource[],
    project: string,
    refresh: boolean,
  ): Promise<readonly string[]> {
    const { revisions } = this.#options;
    const followed = sources.map((source) => ({ repoUrl: source.repoURL, query: revisionQueryOf(source) }));
    revisions.follow(user, project, followed);
    const answers = await revisions.resolve(user, { refresh });
    return answers.map((answer, index) => revisionOf(answer, sources, index));
  }

  async #render(
    session: ApplicationSession,
    sources: readonly ApplicationSource[],
    revisions: readonly string[],
    { previous, noCache }: { readonly previous: Rendered | undefined; readonly noCache: boolean },
  ): Promise<Rendered> {
    const { instance, project, settings, cluster, namespace, signal } = session;
    const projectName = project.metadata.name ?? '';
    const { repositories, templates } = this.#options.credentials();
    const lenders = [...repositories, ...templates].filter(({ url }) => matchSource(project.spec, url));
    try {
      const rendered = await renderApplication(this.#options.repoServer, {
        appName: instance,
        namespace,
        project: projectName,
        sources,
        revisions,
        access: (repoUrl) => this.access(repoUrl, projectName),
        dependencies: lenders.map(({ url }) => this.access(url, projectName)),
        permitted: project.spec.sourceRepos ?? [],
        cluster: cluster.capabilities,
        settings: settings.render,
        previous,
        noCache,
        deadlineMs: settings.renderTimeoutMs,
        signal,
      });
      const { warnings } = rendered;
      if (rendered !== previous && warnings.length > 0) {
        this.#options.log.warn({ application: session.key, warnings }, 'Rendered with warnings');
      }
      return rendered;
    } catch (error) {
      if (signal.aborted) throw error;
      const detail = toWindlassError(error);
      throw unloadable('RENDER_FAILED', detail, describeRenderFailure(detail));
    }
  }

  async #stored(digest: string): Promise<readonly KubeObject[] | undefined> {
    return this.#options.manifestStore.get(digest);
  }
}

const blank = { key: '', digest: '', sourceTypes: [], warnings: [] } as const;

function revisionOf(answer: RevisionAnswer, sources: readonly ApplicationSource[], index: number): string {
  if ('revision' in answer) return answer.revision;
  const place = { source: index, sources: sources.length };
  const text = describeRevisionFailure(answer.error, sources[index]?.targetRevision ?? '', place);
  throw unloadable('REVISION_UNRESOLVED', answer.error, text);
}

function unloadable(code: string, detail: Pick<WindlassError, 'kind'>, message: string): WindlassError {
  return new WindlassError({ code, kind: detail.kind, message, cause: detail });
}

/** `app sync --local`: the objects themselves, as JSON or YAML texts. */
function handedIn(texts: readonly string[], sources: readonly ApplicationSource[]): Rendered {
  const objects = texts.flatMap((text) => parseYamlDocuments(text).map(({ value }) => value as KubeObject));
  return { ...blank, objects: objects.filter((object) => object !== null), sources, revisions: [] };
}
