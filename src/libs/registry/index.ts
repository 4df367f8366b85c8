export type { RegistryAccess } from './registry-access.ts';
