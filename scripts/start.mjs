// `npm start`: windlass up, under the project's own Node.
process.argv.splice(2, 0, 'up');
await import('../bin/windlass.mjs');
