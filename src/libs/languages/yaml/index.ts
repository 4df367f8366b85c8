export type { ParseYamlOptions, YamlDocument } from './parse-yaml-documents.ts';
export { parseYamlDocuments } from './parse-yaml-documents.ts';
export type { YamlLimits } from './yaml-limits.ts';
export { dumpYaml } from './dump-yaml.ts';
