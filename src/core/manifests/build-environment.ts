import type { NameValue } from '#core/api';

export interface BuildFacts {
  readonly appName: string;
  readonly namespace: string;
  readonly project: string;
  readonly revision: string;
  readonly repoURL: string;
  readonly path: string;
  readonly targetRevision: string;
}

const revisionNames = new Set(['ARGOCD_APP_REVISION', 'ARGOCD_APP_REVISION_SHORT', 'ARGOCD_APP_REVISION_SHORT_8']);

/**
 * The variables that sources may refer to (`compatibility.md` a.2). It remembers whether the revision was used: if not, the
 * next commit does not change the result.
 */
export class BuildEnvironment {
  readonly #values: ReadonlyMap<string, string>;
  #usesRevision = false;

  constructor(facts: BuildFacts) {
    this.#values = new Map([
      ['ARGOCD_APP_NAME', facts.appName],
      ['ARGOCD_APP_NAMESPACE', facts.namespace],
      ['ARGOCD_APP_PROJECT_NAME', facts.project],
      ['ARGOCD_APP_REVISION', facts.revision],
      ['ARGOCD_APP_REVISION_SHORT', facts.revision.slice(0, 7)],
      ['ARGOCD_APP_REVISION_SHORT_8', facts.revision.slice(0, 8)],
      ['ARGOCD_APP_SOURCE_REPO_URL', facts.repoURL],
      ['ARGOCD_APP_SOURCE_PATH', facts.path],
      ['ARGOCD_APP_SOURCE_TARGET_REVISION', facts.targetRevision],
    ]);
  }

  get usesRevision(): boolean {
    return this.#usesRevision;
  }

  /** Replaces `$NAME` and `${NAME}`; `$$` is a dollar sign, an unknown name is empty. */
  substitute(text: string): string {
    if (!text.includes('$')) return text;
    return text.replaceAll(/\$(?:\$|\{([^}]*)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
      whole === '$$' ? '$' : this.#get(braced ?? bare ?? ''),
    );
  }

  /** Every variable, for a program that may use any of them. */
  all(): NameValue[] {
    this.#usesRevision = true;
    return [...this.#values].map(([name, value]) => ({ name, value }));
  }

  #get(name: string): string {
    if (revisionNames.has(name)) this.#usesRevision = true;
    return this.#values.get(name) ?? '';
  }
}
