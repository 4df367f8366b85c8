import { defineConfig } from 'vitest/config';

const shared = { pool: 'threads', isolate: false, environment: 'node' } as const;

/**
 * `unit` runs beside the code, in memory, in seconds. `integration` uses real programs (git, helm, kustomize, kubectl)
 * and servers on loopback, and the real control plane where KUBEBUILDER_ASSETS names one.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'unit', include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/unit/**/*.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'integration',
          // After the units: servers of ours and of others share the machine with nothing else.
          sequence: { groupOrder: 1 },
          include: ['test/integration/**/*.test.ts', 'test/contract/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
  },
});
