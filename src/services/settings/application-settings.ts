import type { RenderSettings } from '#core/contracts';
import type { CompareSettings, IgnoreRule, TrackingConfig } from '#core/engine';

/** A rule of `resource.exclusions` or `resource.inclusions`: globs; an empty list matches everything. */
export interface ResourceFilterRule {
  readonly apiGroups: readonly string[];
  readonly kinds: readonly string[];
  readonly clusters: readonly string[];
}

/** cm `globalProjects`: whose rules are added to the projects that match. */
export interface GlobalProject {
  readonly projectName: string;
  readonly labelSelector: {
    readonly matchLabels?: Readonly<Record<string, string>> | undefined;
    readonly matchExpressions?:
      | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[]
      | undefined;
  };
}

/** What `argocd-cm` and `argocd-cmd-params-cm` say to the application controller, typed (`compatibility.md` h.1, h.4). */
export interface ApplicationSettings {
  readonly tracking: TrackingConfig;
  readonly isInClusterEnabled: boolean;
  /** undefined: adaptive, 5 to 60 s per repository; 0: no polling. */
  readonly pollIntervalMs: number | undefined;
  readonly pollJitterMs: number;
  /** 0: never render again without a change. */
  readonly hardIntervalMs: number;
  readonly exclusions: readonly ResourceFilterRule[];
  readonly inclusions: readonly ResourceFilterRule[] | undefined;
  readonly compare: CompareSettings;
  /** `resource.customizations.ignoreDifferences.*` */
  readonly ignoreRules: readonly IgnoreRule[];
  readonly globalProjects: readonly GlobalProject[];
  readonly render: RenderSettings;
  /** Namespaces beside the control plane's in which Applications are looked at: globs or `/regular expression/`. */
  readonly applicationNamespaces: readonly string[];
  readonly isImpersonationEnabled: boolean;
  readonly workers: number;
  readonly applyParallelism: number;
  readonly selfHealBackoff: {
    readonly initialMs: number;
    readonly factor: number;
    readonly capMs: number;
    readonly fixedMs: number;
  };
  /** 0: an operation has no deadline. */
  readonly syncTimeoutMs: number;
  /** Between two waves; 0 unless asked for. */
  readonly waveDelayMs: number;
  /** How long the last state is kept while a repository does not answer. */
  readonly repositoryGraceMs: number;
  readonly renderTimeoutMs: number;
}

/** A key that has no effect, or not the one its author expects. */
export interface SettingsProblem {
  readonly code: 'invalid' | 'unknown' | 'not-implemented';
  readonly configMap: string;
  readonly key: string;
  readonly message: string;
}
