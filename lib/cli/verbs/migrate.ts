import { resolve } from 'node:path'
import type { Sql } from 'postgres'
import { findInstallation } from '../../sql/installation.ts'
import { migrateIn } from '../../sql/migrate-schema.ts'
import { inMigrationLock } from '../../sql/migration-lock.ts'
import { checkSchema } from '../../versions/schema-version.ts'
import { CommandError } from '../command-error.ts'
import { findDrizzleConfig, readDrizzleConfig } from '../drizzle/config.ts'
import { findDrizzleKit } from '../drizzle/kit.ts'
import { hasJournal } from '../drizzle/migrations.ts'
import type { Invocation } from '../invocation.ts'
import { readCachesFile } from '../list/caches-file.ts'
import { startListed } from '../migrate/start-listed.ts'
import { withConnection } from '../migrate/with-connection.ts'
import { verb } from '../verb.ts'

export const migrate = verb({
  about: `Applies the migrations of drizzle-kit that the database lacks, all or none; of several at once each waits for the one
before. In an app without a configuration of drizzle-kit it makes the tables and functions of the package instead, or
upgrades them, and starts the caches that the app lists. Reads and invalidations go on. With a configuration, generate
writes the migration that upgrades them.`,
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      about: 'The configuration of drizzle-kit (default: drizzle.config.ts, .js or .json)',
    },
    migrations: {
      type: 'string',
      value: 'FOLDER',
      about:
        'Where the migrations are, for an image without drizzle-kit (default: as the configuration says)',
    },
  },
  hasDryRun: true,
  json: '{"applied": [the names of the migrations]}',
  examples: ['', '--migrations drizzle'],
  async run({ values, dryRun, invocation }) {
    const folder = await findFolder(values, invocation)
    const applied = await withConnection(invocation, (sql) =>
      folder ? migrateApp(sql, folder, dryRun, invocation) : migratePackage(sql, dryRun, invocation),
    )
    return {
      text:
        applied.length > 0
          ? `${dryRun ? 'Would apply' : 'Applied'} ${applied.join(', ')}.`
          : 'The database lacks nothing.',
      json: { applied },
    }
  },
})

interface Folder {
  path: string
  table?: string
  schema?: string
}

async function migratePackage(sql: Sql, dryRun: boolean, { cwd }: Invocation): Promise<string[]> {
  const caches = readCachesFile(cwd, undefined)?.names ?? []
  return await inMigrationLock(sql, async (tx) => [
    ...(await migrateIn(tx, { dryRun })),
    ...(await startListed(tx, caches, dryRun)),
  ])
}

async function migrateApp(
  sql: Sql,
  folder: Folder,
  dryRun: boolean,
  invocation: Invocation,
): Promise<string[]> {
  // An app without Drizzle has none to import.
  const { applyMigrations } = await import('../migrate/apply-migrations.ts')
  const applied = await inMigrationLock(sql, (tx) => applyMigrations(tx, sql, folder, dryRun))
  await tellOfSchema(sql, invocation)
  return applied
}

/** The package may have been upgraded since the last of the migrations was written. */
async function tellOfSchema(sql: Sql, { note, warn }: Invocation): Promise<void> {
  const { installed } = await sql.begin(findInstallation)
  try {
    const advice = installed && checkSchema(installed)
    if (advice) note(`[cache-versions] ${advice}`)
  } catch (error) {
    warn((error as Error).message)
  }
}

async function findFolder(
  values: { config?: string | undefined; migrations?: string | undefined },
  { cwd, env, program }: Invocation,
): Promise<Folder | undefined> {
  const path = values.migrations === undefined ? findDrizzleConfig(cwd, values.config) : undefined
  const config = path && (await readDrizzleConfig(path, findDrizzleKit(cwd, env)))
  const shown = values.migrations ?? (config ? config.out : undefined)
  if (shown === undefined) return undefined
  const folder = resolve(cwd, shown)
  if (hasJournal(folder)) return { path: folder, ...(config ? config.migrations : {}) }
  throw new CommandError(
    `There is no migration in ${shown}. Write one with: ${program('drizzle-kit generate')}`,
  )
}
