import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium as playwright } from '@playwright/test'
import { onPath } from './debian.ts'
import { type Found, unpackChromium } from './packaged-chromium.ts'

/** A Chromium for Playwright's `launchOptions`. */
export interface Chromium {
  executablePath: string
  args: string[]
  /** The whole environment, for Playwright takes this one instead of its own. */
  env: Record<string, string>
  /** Where it was found, for people. */
  from: string
}

const variable = 'PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH'
const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * Finds a Chromium that runs here: the one named, Playwright's, the system's, or the one in the npm package.
 */
export async function chromium(): Promise<Chromium> {
  const found = named() ?? downloaded() ?? installed() ?? (await unpackChromium())
  if (!found) {
    throw new Error(
      `[cache-versions] There is no Chromium for the browser tests. Download one with: npx playwright install chromium, or name one in ${variable}.`,
    )
  }
  return { executablePath: found.path, args: found.args ?? [], env: environment(found.env), from: found.from }
}

function named(): Found | undefined {
  const path = process.env[variable]
  if (!path) return undefined
  if (existsSync(path)) return { path, from: variable }
  throw new Error(`[cache-versions] There is no file "${path}". Correct ${variable}, or unset it.`)
}

function downloaded(): Found | undefined {
  const path = playwright.executablePath()
  return existsSync(path) ? { path, from: "Playwright's download" } : undefined
}

function installed(): Found | undefined {
  const paths = programs.map(onPath).filter((path) => path !== undefined)
  // Run, because on some systems the program only tells how to install it.
  const path = paths.find((path) => spawnSync(path, ['--version'], limits).status === 0)
  return path === undefined ? undefined : { path, from: path }
}

const limits = { timeout: 20_000, stdio: 'ignore' } as const

function environment(more: Record<string, string> = {}): Record<string, string> {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(own), ...more }
}
