export type {
  ApplicationSettings,
  GlobalProject,
  ResourceFilterRule,
  SettingsProblem,
} from './application-settings.ts';
export { defaultSettings } from './default-settings.ts';
export { parseSettings } from './parse-settings.ts';
export type { ParsedSettings, SettingsInput } from './parse-settings.ts';
export { isKindWatched } from './resource-filter.ts';
export { SettingsSource } from './settings-source.ts';
export type { SettingsSourceOptions } from './settings-source.ts';
