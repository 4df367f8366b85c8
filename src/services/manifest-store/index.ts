export type { GarbageOptions, ManifestStoreOptions } from './manifest-store.ts';
export { createManifestStore, ManifestStore } from './manifest-store.ts';
