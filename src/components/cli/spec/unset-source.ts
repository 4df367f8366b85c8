import type { ApplicationSource, HelmSource, KustomizeSource, PluginSource } from '#core/api';
import type { OptionDefinition } from '../program/command-definition.ts';
import type { Flags } from '../program/flags.ts';
import { imageName } from './kustomize-flags.ts';

export const unsetFlags: readonly OptionDefinition[] = [
  { name: 'parameter', short: 'p', type: 'strings', summary: 'Helm parameter to take back' },
  { name: 'values', type: 'strings', summary: 'Helm values file to take back' },
  { name: 'values-literal', type: 'boolean', summary: 'Take back the values that are stored in the application' },
  { name: 'ignore-missing-value-files', type: 'boolean', summary: 'Values files that do not exist are an error again' },
  { name: 'pass-credentials', type: 'boolean', summary: 'Do not send credentials to other hosts any more' },
  { name: 'nameprefix', type: 'boolean', summary: 'Take back the Kustomize name prefix' },
  { name: 'namesuffix', type: 'boolean', summary: 'Take back the Kustomize name suffix' },
  { name: 'kustomize-image', type: 'strings', summary: 'Kustomize image to take back, by name' },
  { name: 'kustomize-replica', type: 'strings', summary: 'Kustomize replica count to take back, by name' },
  { name: 'kustomize-version', type: 'boolean', summary: 'Take back the Kustomize version' },
  { name: 'kustomize-namespace', type: 'boolean', summary: 'Take back the Kustomize namespace' },
  { name: 'ignore-missing-components', type: 'boolean', summary: 'Components that do not exist are an error again' },
  { name: 'plugin-env', type: 'strings', summary: 'Plug-in variable to take back' },
  { name: 'ref', type: 'boolean', summary: 'Take back the ref of the source' },
];

/** A source without what the flags name. Pure. */
export function unsetSource(source: ApplicationSource, flags: Flags): ApplicationSource {
  const { helm, kustomize, plugin, ref, ...rest } = source;
  return {
    ...rest,
    ...(ref === undefined || flags.is('ref') ? {} : { ref }),
    ...(helm === undefined ? {} : { helm: unsetHelm(helm, flags) }),
    ...(kustomize === undefined ? {} : { kustomize: unsetKustomize(kustomize, flags) }),
    ...(plugin === undefined ? {} : { plugin: unsetPlugin(plugin, flags) }),
  };
}

function unsetHelm(helm: HelmSource, flags: Flags): HelmSource {
  const changed = { ...helm };
  const [parameters, files] = [new Set(flags.list('parameter')), new Set(flags.list('values'))];
  if (helm.parameters) changed.parameters = helm.parameters.filter(({ name = '' }) => !parameters.has(name));
  if (helm.valueFiles) changed.valueFiles = helm.valueFiles.filter((file) => !files.has(file));
  if (flags.is('values-literal')) {
    delete changed.values;
    delete changed.valuesObject;
  }
  if (flags.is('ignore-missing-value-files')) delete changed.ignoreMissingValueFiles;
  if (flags.is('pass-credentials')) delete changed.passCredentials;
  return changed;
}

function unsetKustomize(kustomize: KustomizeSource, flags: Flags): KustomizeSource {
  const changed = { ...kustomize };
  const [images, replicas] = [
    new Set(flags.list('kustomize-image').map(imageName)),
    new Set(flags.list('kustomize-replica')),
  ];
  if (kustomize.images) changed.images = kustomize.images.filter((image) => !images.has(imageName(image)));
  if (kustomize.replicas) changed.replicas = kustomize.replicas.filter(({ name }) => !replicas.has(name));
  if (flags.is('nameprefix')) delete changed.namePrefix;
  if (flags.is('namesuffix')) delete changed.nameSuffix;
  if (flags.is('kustomize-version')) delete changed.version;
  if (flags.is('kustomize-namespace')) delete changed.namespace;
  if (flags.is('ignore-missing-components')) delete changed.ignoreMissingComponents;
  return changed;
}

function unsetPlugin(plugin: PluginSource, flags: Flags): PluginSource {
  const names = new Set(flags.list('plugin-env'));
  return plugin.env === undefined ? plugin : { ...plugin, env: plugin.env.filter(({ name }) => !names.has(name)) };
}
