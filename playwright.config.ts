import { defineConfig } from '@playwright/test'
import { chromium } from './scripts/chromium.ts'

const browser = await chromium()
const handlers = ['handlers*.spec.ts', 'promise.spec.ts']
/** Those to which it is of no concern what the build has fetched. */
const beside = ['handlers-{browser,leases,tags,tags-edges}.spec.ts', 'promise.spec.ts']
/** Those of the other builds, which only one worker may open, too. */
const variants = [
  'edge.spec.ts',
  'handlers-pages-on-demand.spec.ts',
  'handlers-standalone.spec.ts',
  'handlers-variants.spec.ts',
]

export default defineConfig({
  testDir: './e2e/specs',
  testMatch: '*.spec.ts',
  globalSetup: './e2e/harness/global-setup.ts',
  // Each project keeps to one worker: its specs share servers, or a port that builds know.
  workers: 3,
  projects: [
    { name: 'handlers', workers: 1, testMatch: handlers, testIgnore: [...variants, ...beside] },
    { name: 'beside', workers: 1, testMatch: beside },
    { name: 'demo', workers: 1, testIgnore: [...handlers, ...variants] },
    { name: 'variants', workers: 1, testMatch: variants },
  ],
  timeout: 30_000,
  forbidOnly: true,
  use: {
    baseURL: process.env.E2E_DEMO_URL,
    launchOptions: { executablePath: browser.executablePath, args: browser.args, env: browser.env },
    trace: 'retain-on-failure',
  },
})
