export * from './objects.ts';
export * from './errors.ts';
export type * from './client.ts';
export type * from './discovery.ts';
