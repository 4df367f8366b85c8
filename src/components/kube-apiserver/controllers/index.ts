/** Starts the control loops of the embedded cluster; resolves when their caches are filled. Rejects only when the client is closed. */
export { startControllers } from './start-controllers.ts';
export type { Controllers, ControllersOptions } from './start-controllers.ts';
