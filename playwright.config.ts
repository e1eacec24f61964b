import { defineConfig } from '@playwright/test'
import { chromium } from './scripts/chromium.ts'

const browser = await chromium()

const handlers = ['handlers*.spec.ts', 'promise.spec.ts']

export default defineConfig({
  testDir: './e2e',
  globalSetup: './e2e/support/global-setup.ts',
  // The specs of the demo share its database, and those of the handlers their builds, so each set runs one by one.
  workers: 2,
  projects: [
    { name: 'app', testIgnore: handlers, workers: 1 },
    { name: 'handlers', testMatch: handlers, workers: 1 },
  ],
  timeout: 30_000,
  forbidOnly: true,
  use: {
    baseURL: process.env.E2E_DEMO_URL,
    launchOptions: { executablePath: browser.executablePath, args: browser.args, env: browser.env },
    trace: 'retain-on-failure',
  },
})
