import { isRecord } from '#base/json';
import type { CompareSettings, IgnoreRule } from '#core/engine';
import type {
  ApplicationSettings,
  GlobalProject,
  ResourceFilterRule,
  SettingsProblem,
} from './application-settings.ts';
import { shippedExclusions } from './default-settings.ts';
import { isForeignCmKey, isForeignParamsKey, notImplementedCmKeys, notImplementedParamsKeys } from './known-keys.ts';
import { SettingsReader } from './settings-reader.ts';

export interface SettingsInput {
  /** `data` of `argocd-cm`. */
  readonly cm: Readonly<Record<string, string>>;
  /** `data` of `argocd-cmd-params-cm`. */
  readonly params: Readonly<Record<string, string>>;
  /** The last good settings: what a key that cannot be used keeps. */
  readonly previous: ApplicationSettings;
}

export interface ParsedSettings {
  readonly settings: ApplicationSettings;
  readonly problems: readonly SettingsProblem[];
}

/** The settings that two ConfigMaps describe (`compatibility.md` h.1, h.4). Pure; never throws. */
export function parseSettings({ cm, params, previous }: SettingsInput): ParsedSettings {
  const general = new SettingsReader('argocd-cm', cm);
  const process = new SettingsReader('argocd-cmd-params-cm', params);
  const settings: ApplicationSettings = {
    ...parseGeneral(general, previous),
    ...parseProcess(process, previous),
    render: parseRender(general, process, previous),
  };
  // A kind that may not be read is left out whatever is set; only asking for each right beforehand is missing.
  if (general.oneOf('resource.respectRBAC', ['', 'normal', 'strict'], '') === 'strict') {
    general.notImplemented('resource.respectRBAC', 'it means "normal"');
  }
  for (const prefix of ['health', 'useOpenLibs']) {
    for (const [key] of general.withPrefix(`resource.customizations.${prefix}.`)) {
      general.notImplemented(key, 'the built-in health checks decide');
    }
  }
  general.accept(isForeignCmKey);
  process.accept(isForeignParamsKey);
  for (const [key, instead] of Object.entries(notImplementedCmKeys)) general.notImplemented(key, instead);
  for (const [key, instead] of Object.entries(notImplementedParamsKeys)) process.notImplemented(key, instead);
  general.finish();
  process.finish();
  return { settings, problems: [...general.problems, ...process.problems] };
}

type General = Pick<
  ApplicationSettings,
  | 'tracking'
  | 'isInClusterEnabled'
  | 'pollIntervalMs'
  | 'pollJitterMs'
  | 'hardIntervalMs'
  | 'exclusions'
  | 'inclusions'
  | 'compare'
  | 'ignoreRules'
  | 'globalProjects'
  | 'isImpersonationEnabled'
>;

function parseGeneral(reader: SettingsReader, previous: ApplicationSettings): General {
  const labelKey = reader.text('application.instanceLabelKey');
  const installationId = reader.text('installationID');
  const method = reader.oneOf('application.resourceTrackingMethod', trackingMethods, 'annotation');
  const isPolled = reader.text('timeout.reconciliation') !== undefined;
  return {
    tracking: { method, ...(labelKey ? { labelKey } : {}), ...(installationId ? { installationId } : {}) },
    isInClusterEnabled: reader.boolean('cluster.inClusterEnabled', true),
    pollIntervalMs: isPolled ? reader.duration('timeout.reconciliation', previous.pollIntervalMs) : undefined,
    pollJitterMs: reader.duration('timeout.reconciliation.jitter', isPolled ? 60_000 : 0),
    hardIntervalMs: reader.duration('timeout.hard.reconciliation', 0),
    exclusions: reader.yaml('resource.exclusions', shippedExclusions, filterRules),
    inclusions: reader.yaml<readonly ResourceFilterRule[] | undefined>('resource.inclusions', undefined, filterRules),
    compare: reader.yaml('resource.compareoptions', {}, compareSettings),
    ignoreRules: ignoreRules(reader),
    globalProjects: reader.yaml('globalProjects', [], globalProjects),
    isImpersonationEnabled: reader.boolean('application.sync.impersonation.enabled', false),
  };
}

const trackingMethods = ['annotation', 'label', 'annotation+label'] as const;

type Process = Pick<
  ApplicationSettings,
  | 'applicationNamespaces'
  | 'workers'
  | 'applyParallelism'
  | 'selfHealBackoff'
  | 'syncTimeoutMs'
  | 'waveDelayMs'
  | 'repositoryGraceMs'
  | 'renderTimeoutMs'
>;

function parseProcess(reader: SettingsReader, previous: ApplicationSettings): Process {
  const seconds = (key: string, fallbackMs: number) => reader.number(key, fallbackMs / 1000) * 1000;
  const { selfHealBackoff } = previous;
  return {
    applicationNamespaces: reader.list('application.namespaces') ?? [],
    workers: Math.max(1, reader.number('controller.status.processors', 20)),
    applyParallelism: Math.max(1, reader.number('controller.kubectl.parallelism.limit', 20)),
    selfHealBackoff: {
      initialMs: seconds('controller.self.heal.backoff.timeout.seconds', selfHealBackoff.initialMs),
      factor: reader.number('controller.self.heal.backoff.factor', selfHealBackoff.factor),
      capMs: seconds('controller.self.heal.backoff.cap.seconds', selfHealBackoff.capMs),
      fixedMs: seconds('controller.self.heal.timeout.seconds', 0),
    },
    syncTimeoutMs: seconds('controller.sync.timeout.seconds', 0),
    // Argo CD pauses 2 s between waves; we wait for health and pause only where somebody asks for it.
    waveDelayMs: seconds('controller.sync.wave.delay.seconds', 0),
    repositoryGraceMs: seconds('controller.repo.error.grace.period.seconds', 15_000),
    renderTimeoutMs: seconds('controller.repo.server.timeout.seconds', 180_000),
  };
}

function parseRender(general: SettingsReader, process: SettingsReader, previous: ApplicationSettings) {
  const { render } = previous;
  return {
    ...render,
    helmEnabled: general.boolean('helm.enable', true),
    kustomizeEnabled: general.boolean('kustomize.enable', true),
    jsonnetEnabled: general.boolean('jsonnet.enable', true),
    helmValuesFileSchemes: [...(general.list('helm.valuesFileSchemes') ?? ['https', 'http'])],
    kustomizeBuildOptions: general.text('kustomize.buildOptions') ?? '',
    includeHiddenDirectories: process.boolean('reposerver.include.hidden.directories', false),
    submodules: process.boolean('reposerver.enable.git.submodule', render.submodules),
    maxDirectoryBytes: byteSize(process, 'reposerver.max.combined.directory.manifests.size', render.maxDirectoryBytes),
  };
}

const byteUnits: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function byteSize(reader: SettingsReader, key: string, fallback: number): number {
  const text = reader.text(key);
  if (text === undefined) return fallback;
  const match = /^(\d+)([kmg]?)(i?b)?$/i.exec(text);
  if (match !== null) return Number(match[1]) * (byteUnits[(match[2] as string).toLowerCase()] ?? 1);
  reader.invalid(key, `"${text}" is not a size such as "10M"`);
  return fallback;
}

function filterRules(value: unknown): readonly ResourceFilterRule[] {
  return records(value).map((rule) => ({
    apiGroups: texts(rule['apiGroups']),
    kinds: texts(rule['kinds']),
    clusters: texts(rule['clusters']),
  }));
}

function compareSettings(value: unknown): CompareSettings {
  if (!isRecord(value)) throw new TypeError('it is not a mapping');
  const status = value['ignoreResourceStatusField'] ?? 'all';
  return {
    ignoreAggregatedRoles: value['ignoreAggregatedRoles'] === true,
    // YAML 1.1 reads `off` as false.
    ignoreStatus: status === 'all' || status === 'crd' ? status : 'none',
  };
}

function globalProjects(value: unknown): readonly GlobalProject[] {
  return records(value).map((entry) => ({
    projectName: typeof entry['projectName'] === 'string' ? entry['projectName'] : '',
    labelSelector: (isRecord(entry['labelSelector']) ? entry['labelSelector'] : {}) as GlobalProject['labelSelector'],
  }));
}

const ignorePrefix = 'resource.customizations.ignoreDifferences.';

function ignoreRules(reader: SettingsReader): readonly IgnoreRule[] {
  return reader.withPrefix(ignorePrefix).flatMap(([key, target]) => {
    const rule = reader.yaml<Omit<IgnoreRule, 'kind'> | undefined>(key, undefined, (value) => {
      if (!isRecord(value)) throw new TypeError('it is not a mapping');
      return {
        jsonPointers: texts(value['jsonPointers']),
        jqPathExpressions: texts(value['jqPathExpressions']),
        managedFieldsManagers: texts(value['managedFieldsManagers']),
      };
    });
    return rule === undefined ? [] : [{ ...rule, ...targetOf(target) }];
  });
}

/** `all`, `Kind` (core) or `group_Kind`, globs allowed. */
function targetOf(target: string): { group: string; kind: string } {
  if (target === 'all') return { group: '*', kind: '*' };
  const cut = target.lastIndexOf('_');
  return cut < 0 ? { group: '', kind: target } : { group: target.slice(0, cut), kind: target.slice(cut + 1) };
}

function records(value: unknown): readonly Record<string, unknown>[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value) || !value.every(isRecord)) throw new TypeError('it is not a list of mappings');
  return value;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
