// `npm start`: windlass up, under the project's own Node.
await import('./install.mjs');
process.argv.splice(2, 0, 'up');
await import('../bin/windlass.mjs');
