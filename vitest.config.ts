import { defineConfig } from 'vitest/config'

const times = { testTimeout: 30_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } } }
/** Rooms whose tests leave nothing in the process: a process of its own for each file costs a quarter of a second. */
const together = ['lib/{admin,base,cli,sql}/**/*.test.ts', 'docs/*.test.ts']

export default defineConfig({
  test: {
    globalSetup: ['e2e/harness/vitest-postgres.ts'],
    maxWorkers: 3,
    projects: [
      { test: { ...times, name: 'together', include: together, isolate: false, restoreMocks: true } },
      { test: { ...times, name: 'alone', include: ['{lib,scripts,e2e}/**/*.test.ts'], exclude: together } },
    ],
  },
})
