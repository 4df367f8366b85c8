export type { JsonnetImport } from './find-imports.ts';
export { findImports } from './find-imports.ts';
export type { JsonnetRun, JsonnetVariable } from './jsonnet-program.ts';
export { findJsonnet, jsonnetVersion, runJsonnet } from './jsonnet-program.ts';
