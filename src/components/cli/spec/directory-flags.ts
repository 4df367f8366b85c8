import type { ApplicationSource, DirectorySource, JsonnetVar, PluginSource } from '#core/api';
import type { OptionDefinition } from '../program/command-definition.ts';
import type { Flags } from '../program/flags.ts';
import { mergeByName } from './helm-flags.ts';

export const directoryFlags: readonly OptionDefinition[] = [
  { name: 'directory-recurse', type: 'boolean', summary: 'Read directories below the path too' },
  { name: 'directory-include', type: 'string', summary: 'Only files that match this glob' },
  { name: 'directory-exclude', type: 'string', summary: 'No files that match this glob' },
  { name: 'directory-disable-extension-filter', type: 'boolean', summary: 'Read files of every name' },
  { name: 'jsonnet-tla-str', type: 'pairs', summary: 'Jsonnet top-level argument as text' },
  { name: 'jsonnet-tla-code', type: 'pairs', summary: 'Jsonnet top-level argument as code' },
  { name: 'jsonnet-ext-var-str', type: 'pairs', summary: 'Jsonnet external variable as text' },
  { name: 'jsonnet-ext-var-code', type: 'pairs', summary: 'Jsonnet external variable as code' },
  { name: 'jsonnet-libs', type: 'strings', summary: 'Additional Jsonnet library directory' },
];

export const pluginFlags: readonly OptionDefinition[] = [
  { name: 'config-management-plugin', type: 'string', summary: 'Name of the config management plug-in' },
  { name: 'plugin-env', type: 'pairs', summary: 'Environment variable for the plug-in' },
];

/** What the flags say about plain directories; undefined where neither they nor the source do. Pure. */
export function applyDirectoryFlags(directory: DirectorySource | undefined, flags: Flags): DirectorySource | undefined {
  if (!directoryFlags.some(({ name }) => flags.isSet(name))) return directory;
  const changed: DirectorySource = { ...directory };
  if (flags.isSet('directory-recurse')) changed.recurse = flags.is('directory-recurse');
  if (flags.isSet('directory-include')) changed.include = flags.text('directory-include') ?? '';
  if (flags.isSet('directory-exclude')) changed.exclude = flags.text('directory-exclude') ?? '';
  if (flags.isSet('directory-disable-extension-filter'))
    changed.disableExtensionFilter = flags.is('directory-disable-extension-filter');
  const jsonnet = { ...directory?.jsonnet };
  const [tlas, extVars, libs] = [
    variables(flags, 'jsonnet-tla'),
    variables(flags, 'jsonnet-ext-var'),
    flags.list('jsonnet-libs'),
  ];
  if (tlas.length > 0) jsonnet.tlas = mergeByName(jsonnet.tlas ?? [], tlas);
  if (extVars.length > 0) jsonnet.extVars = mergeByName(jsonnet.extVars ?? [], extVars);
  if (libs.length > 0) jsonnet.libs = [...(jsonnet.libs ?? []), ...libs];
  if (Object.keys(jsonnet).length > 0) changed.jsonnet = jsonnet;
  return changed;
}

function variables(flags: Flags, prefix: string): readonly JsonnetVar[] {
  return [
    ...flags.pairs(`${prefix}-str`).map(([name, value]) => ({ name, value })),
    ...flags.pairs(`${prefix}-code`).map(([name, value]) => ({ name, value, code: true })),
  ];
}

/** What the flags say about a plug-in; undefined where neither they nor the source do. Pure. */
export function applyPluginFlags(plugin: ApplicationSource['plugin'], flags: Flags): PluginSource | undefined {
  if (!pluginFlags.some(({ name }) => flags.isSet(name))) return plugin;
  const env = flags.pairs('plugin-env').map(([name, value]) => ({ name, value }));
  return {
    ...plugin,
    ...(flags.isSet('config-management-plugin') ? { name: flags.text('config-management-plugin') ?? '' } : {}),
    ...(env.length === 0 ? {} : { env: mergeByName(plugin?.env ?? [], env) }),
  };
}
