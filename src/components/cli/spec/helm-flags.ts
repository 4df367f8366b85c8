import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { WindlassError } from '#base/errors';
import type { HelmParameter, HelmSource } from '#core/api';
import type { OptionDefinition } from '../program/command-definition.ts';
import type { Flags } from '../program/flags.ts';

export const helmFlags: readonly OptionDefinition[] = [
  { name: 'parameter', short: 'p', type: 'pairs', summary: 'Helm parameter to override' },
  { name: 'values', type: 'strings', summary: 'Helm values file in the repository' },
  {
    name: 'values-literal-file',
    type: 'string',
    summary: 'Local file of values that are stored in the application',
    complete: 'file',
  },
  { name: 'ignore-missing-value-files', type: 'boolean', summary: 'Values files that do not exist are no error' },
  { name: 'release-name', type: 'string', summary: 'Helm release name' },
  { name: 'helm-set', type: 'pairs', summary: 'Helm value to set, as helm --set' },
  { name: 'helm-set-string', type: 'pairs', summary: 'Helm value to set as text, as helm --set-string' },
  {
    name: 'helm-set-file',
    type: 'pairs',
    summary: 'Helm value to set from a file in the repository, as helm --set-file',
  },
  { name: 'helm-version', type: 'string', summary: 'Helm version' },
  { name: 'helm-pass-credentials', type: 'boolean', summary: 'Send credentials to all hosts that a chart names' },
  { name: 'helm-skip-crds', type: 'boolean', summary: 'Leave out the custom resource definitions of the chart' },
  { name: 'helm-skip-schema-validation', type: 'boolean', summary: "Do not check values against the chart's schema" },
  { name: 'helm-skip-tests', type: 'boolean', summary: 'Leave out the tests of the chart' },
  { name: 'helm-namespace', type: 'string', summary: 'Namespace that the chart is told' },
  { name: 'helm-kube-version', type: 'string', summary: 'Kubernetes version that the chart is told' },
  { name: 'helm-api-versions', type: 'strings', summary: 'API versions that the chart is told' },
];

const texts: Readonly<Record<string, 'releaseName' | 'version' | 'namespace' | 'kubeVersion'>> = {
  'release-name': 'releaseName',
  'helm-version': 'version',
  'helm-namespace': 'namespace',
  'helm-kube-version': 'kubeVersion',
};

const booleans: Readonly<
  Record<string, 'ignoreMissingValueFiles' | 'passCredentials' | 'skipCrds' | 'skipSchemaValidation' | 'skipTests'>
> = {
  'ignore-missing-value-files': 'ignoreMissingValueFiles',
  'helm-pass-credentials': 'passCredentials',
  'helm-skip-crds': 'skipCrds',
  'helm-skip-schema-validation': 'skipSchemaValidation',
  'helm-skip-tests': 'skipTests',
};

/** What the flags say about Helm; undefined where neither they nor the source do. Throws VALUES_FILE_UNREADABLE. */
export function applyHelmFlags(helm: HelmSource | undefined, flags: Flags, cwd: string): HelmSource | undefined {
  if (!helmFlags.some(({ name }) => flags.isSet(name))) return helm;
  const changed: HelmSource = { ...helm };
  for (const [flag, field] of Object.entries(texts)) if (flags.isSet(flag)) changed[field] = flags.text(flag) ?? '';
  for (const [flag, field] of Object.entries(booleans)) if (flags.isSet(flag)) changed[field] = flags.is(flag);
  if (flags.isSet('values')) changed.valueFiles = [...flags.list('values')];
  if (flags.isSet('helm-api-versions')) changed.apiVersions = [...flags.list('helm-api-versions')];
  const literal = flags.text('values-literal-file');
  if (literal !== undefined) changed.values = readValues(resolve(cwd, literal));
  const parameters = parameterFlags(flags);
  if (parameters.length > 0) changed.parameters = mergeByName(helm?.parameters ?? [], parameters);
  const files = flags.pairs('helm-set-file').map(([name, path]) => ({ name, path }));
  if (files.length > 0) changed.fileParameters = mergeByName(helm?.fileParameters ?? [], files);
  return changed;
}

function parameterFlags(flags: Flags): readonly HelmParameter[] {
  const plain = [...flags.pairs('parameter'), ...flags.pairs('helm-set')].map(([name, value]) => ({ name, value }));
  const strings = flags.pairs('helm-set-string').map(([name, value]) => ({ name, value, forceString: true }));
  return [...plain, ...strings];
}

/** Later ones replace earlier ones of the same name, at their place. */
export function mergeByName<T extends { readonly name?: string }>(before: readonly T[], changes: readonly T[]): T[] {
  const byName = new Map([...before, ...changes].map((one) => [one.name ?? '', one]));
  return [...byName.values()];
}

function readValues(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WindlassError({
      code: 'VALUES_FILE_UNREADABLE',
      kind: 'InvalidInput',
      message: `The values file "${file}" cannot be read.`,
      hint: 'Check the path; files of the repository are named with --values.',
      at: { file },
      cause,
    });
  }
}
