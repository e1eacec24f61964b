import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{lib,scripts,e2e,docs}/**/*.test.ts'],
    globalSetup: ['e2e/harness/vitest-postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: 2,
  },
})
