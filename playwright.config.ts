import { defineConfig } from '@playwright/test'
import { chromium } from './scripts/chromium.ts'

const browser = await chromium()

export default defineConfig({
  testDir: './e2e',
  testMatch: '*.spec.ts',
  globalSetup: './e2e/support/global-setup.ts',
  workers: 1,
  timeout: 30_000,
  forbidOnly: true,
  use: {
    baseURL: process.env.E2E_DEMO_URL,
    launchOptions: { executablePath: browser.executablePath, args: browser.args, env: browser.env },
    trace: 'retain-on-failure',
  },
})
