export interface HelmParameter {
  readonly name: string;
  readonly value: string;
  readonly forceString: boolean;
}

export interface TemplateOptions {
  readonly releaseName: string;
  readonly namespace?: string | undefined;
  /** Only `x.y.z` of it is passed on. */
  readonly kubeVersion?: string | undefined;
  readonly apiVersions?: readonly string[];
  readonly parameters?: readonly HelmParameter[];
  /** Paths on disk. */
  readonly fileParameters?: readonly { readonly name: string; readonly path: string }[];
  /** Paths on disk, the last one wins. */
  readonly valueFiles?: readonly string[];
  readonly skipCrds?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly skipTests?: boolean;
}

/** The arguments of `helm template` for the chart in the working directory, in Argo CD's order (`compatibility.md` a.3). Pure. */
export function buildTemplateArgs(options: TemplateOptions): string[] {
  const { releaseName, namespace, kubeVersion, apiVersions = [], parameters = [] } = options;
  const version = kubeVersion === undefined ? undefined : numericVersion(kubeVersion);
  return [
    'template',
    '.',
    '--name-template',
    releaseName,
    ...(namespace ? ['--namespace', namespace] : []),
    ...(version ? ['--kube-version', version] : []),
    ...parameters.flatMap(({ name, value, forceString }) => [
      forceString ? '--set-string' : '--set',
      `${name}=${escapeCommas(value)}`,
    ]),
    ...(options.fileParameters ?? []).flatMap(({ name, path }) => ['--set-file', `${name}=${escapeCommas(path)}`]),
    // The flag takes a list: a comma in a path would make two of it.
    ...(options.valueFiles ?? []).flatMap((path) => ['--values', quoteListItem(path)]),
    ...apiVersions.flatMap((apiVersion) => ['--api-versions', quoteListItem(apiVersion)]),
    ...(options.skipCrds ? [] : ['--include-crds']),
    ...(options.skipSchemaValidation ? ['--skip-schema-validation'] : []),
    ...(options.skipTests ? ['--skip-tests'] : []),
  ];
}

/** `v1.36.1+k3s1` → `1.36.1`; what has no number is passed on for Helm to refuse. */
function numericVersion(version: string): string {
  return /^v?(\d+(?:\.\d+){0,2})/.exec(version.trim())?.[1] ?? version;
}

/** A comma separates assignments unless it is escaped; one that the user escaped stays as it is. */
function escapeCommas(value: string): string {
  // A value in braces is Helm's own list syntax, where commas separate.
  if (value.startsWith('{') && value.endsWith('}')) return value;
  return value.replaceAll(/\\?,/g, '\\,');
}

function quoteListItem(item: string): string {
  return /[",\n]/.test(item) ? `"${item.replaceAll('"', '""')}"` : item;
}
