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

type Runner = (typeof runners)[keyof typeof runners]

const installers: Record<Runner, string> = {
  pnpm: 'pnpm add',
  yarn: 'yarn add',
  bunx: 'bun add',
  npx: 'npm install',
}

/** The names that the configuration of drizzle-kit may have, those first that it looks for itself. */
export const drizzleConfigs = ['ts', 'js', 'json', 'mts', 'mjs', 'cts', 'cjs'].map(
  (end) => `drizzle.config.${end}`,
)

/**
 * Returns how to install the missing tables and functions, with the migration tool and the package manager of the app.
 */
export function migrationRemedy(folder = process.cwd()): string {
  const program = runner(folder)
  return hasDrizzleConfig(folder)
    ? `Run the migrations: ${program} drizzle-kit migrate`
    : `Make its tables and functions: ${program} next-cache-versions migrate, or put what ${program} next-cache-versions sql prints into a migration of the app.`
}

/** Returns how to upgrade the schema, with the migration tool and the package manager of the app. */
export function upgradeRemedy(folder = process.cwd()): string {
  const program = runner(folder)
  return hasDrizzleConfig(folder)
    ? `Run the migrations: ${program} drizzle-kit migrate. If none is left, write the next one before: ${program} next-cache-versions generate`
    : `Make or upgrade its tables and functions: ${program} next-cache-versions migrate`
}

/** Returns how to upgrade the package, with the package manager of the app. */
export function packageRemedy(folder = process.cwd()): string {
  return `Upgrade the package: ${installers[runner(folder)]} next-cache-versions@latest`
}

/** What runs a program of the app's: its package manager. */
export function runner(folder: string): Runner {
  for (let place = folder; ; place = dirname(place)) {
    for (const [lock, program] of Object.entries(runners)) if (exists(place, lock)) return program
    if (place === dirname(place)) break
  }
  const name = /^(pnpm|yarn|bun)\//.exec(process.env.npm_config_user_agent ?? '')?.[1]
  return name === 'bun' ? 'bunx' : ((name as 'pnpm' | 'yarn' | undefined) ?? 'npx')
}

function hasDrizzleConfig(folder: string): boolean {
  return drizzleConfigs.some((name) => exists(folder, name))
}

function exists(folder: string, name: string): boolean {
  // A bundler would take all of the folder for part of the app.
  return existsSync(join(/* turbopackIgnore: true */ folder, name))
}
