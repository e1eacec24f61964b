import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** How the app's package manager runs a program, by the file that only it writes. */
const runners = {
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bunx',
  'bun.lockb': 'bunx',
  'package-lock.json': 'npx',
} as const

const drizzleConfigs = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map((end) => `drizzle.config.${end}`)

/**
 * Returns how to install the missing tables and functions, with the migration tool and the package manager of the app.
 */
export function migrationRemedy(folder = process.cwd()): string {
  return drizzleConfigs.some((name) => exists(folder, name))
    ? `Run the migrations: ${runner(folder)} drizzle-kit migrate`
    : 'Apply the migrations of the app; they have to make the tables of "next-cache-versions/schema" and hold the SQL of node_modules/next-cache-versions/lib/functions.sql.'
}

function runner(folder: string): string {
  for (let place = folder; ; place = dirname(place)) {
    for (const [lock, program] of Object.entries(runners)) if (exists(place, lock)) return program
    if (place === dirname(place)) break
  }
  const name = /^(pnpm|yarn|bun)\//.exec(process.env.npm_config_user_agent ?? '')?.[1]
  return name === 'bun' ? 'bunx' : (name ?? 'npx')
}

function exists(folder: string, name: string): boolean {
  // A bundler would take all of the folder for part of the app.
  return existsSync(join(/* turbopackIgnore: true */ folder, name))
}
