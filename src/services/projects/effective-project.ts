import type { AppProject } from '#core/api';

/** Whose rules are added to the projects that the selector matches (cm `globalProjects`). */
export interface GlobalProject {
  readonly projectName: string;
  readonly labelSelector: {
    readonly matchLabels?: Readonly<Record<string, string>> | undefined;
    readonly matchExpressions?:
      | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[]
      | undefined;
  };
}

/** The project with what global projects add to it (`compatibility.md` b.2); nothing of that is stored. */
export function effectiveProject(
  project: AppProject,
  globals: readonly GlobalProject[],
  find: (name: string) => AppProject | undefined,
): AppProject {
  let spec = project.spec;
  for (const { projectName, labelSelector } of globals) {
    if (projectName === project.metadata.name || !matchesLabels(labelSelector, project.metadata.labels ?? {})) continue;
    const other = find(projectName)?.spec;
    if (other !== undefined) spec = merged(spec, other);
  }
  return spec === project.spec ? project : { ...project, spec };
}

const lists = [
  'sourceRepos',
  'destinations',
  'clusterResourceWhitelist',
  'clusterResourceBlacklist',
  'namespaceResourceWhitelist',
  'namespaceResourceBlacklist',
  'syncWindows',
  'destinationServiceAccounts',
] as const;

function merged(spec: AppProject['spec'], other: AppProject['spec']): AppProject['spec'] {
  const result: Record<string, unknown> = { ...spec };
  for (const list of lists) {
    if (other[list] !== undefined) result[list] = [...(spec[list] ?? []), ...other[list]];
  }
  return result;
}

function matchesLabels(
  { matchLabels = {}, matchExpressions = [] }: GlobalProject['labelSelector'],
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}
