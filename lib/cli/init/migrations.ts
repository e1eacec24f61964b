import { existsSync } from 'node:fs'
import { freshSql, packageSql } from '../../sql/package-sql.ts'
import { CommandError } from '../command-error.ts'
import {
  type Migration,
  type MigrationsFolder,
  makesFunctions,
  migratedTables,
  migrationTexts,
  writeMigration,
  writeSchemaMigration,
} from '../drizzle/migrations.ts'
import type { Invocation } from '../invocation.ts'
import { literal } from '../sql-text.ts'
import { slugOf } from '../versioning-arguments.ts'

/** A migration that is lacking, as it is shown before it is written. */
export interface Lacking {
  readonly shown: readonly string[]
  write(folder: MigrationsFolder, signal: AbortSignal): Promise<string>
}

/** The migrations that the app lacks, in their order. */
export function lackingMigrations(
  folder: MigrationsFolder,
  caches: readonly string[],
  invocation: Invocation,
): Lacking[] {
  const texts = existsSync(folder.path) ? migrationTexts(folder.path) : []
  const starting = caches.filter((cache) => !isStarted(cache, texts))
  return [
    ...(hasTables(folder) ? [] : [tables(folder, texts.length === 0)]),
    ...(makesFunctions(folder.path) ? [] : [functions(folder)]),
    ...(starting.length > 0 ? [starts(folder, startMigration(starting, invocation))] : []),
  ]
}

/** All that the database needs, for another migration tool. */
export function sqlOf(caches: readonly string[]): string {
  return `${freshSql(packageSql())}\n${caches.map((cache) => `${statement(cache)}\n`).join('')}`
}

function hasTables({ path }: MigrationsFolder): boolean {
  return migratedTables(path).some((table) => table.endsWith('.cache_versions'))
}

function tables({ config }: MigrationsFolder, isFirst: boolean): Lacking {
  const others = isFirst
    ? 'the first here, so all tables of the schema are in it: leave it out where the database has those already'
    : 'with whatever else the schema has and the migrations lack'
  return {
    shown: [`${config.out}/…_cache_versions.sql (drizzle-kit generate; ${others})`, '  three tables'],
    async write(folder, signal) {
      const path = await writeSchemaMigration('cache_versions', folder, signal)
      if (hasTables(folder)) return path
      throw new CommandError(
        `drizzle-kit wrote "${path}" without the tables of the package: it does not read the file that exports them. Name that file in the schema of the configuration of drizzle-kit, and run this again.`,
      )
    },
  }
}

function functions({ config }: MigrationsFolder): Lacking {
  return {
    shown: [
      `${config.out}/…_cache_versions_functions.sql (drizzle-kit generate --custom)`,
      '  the functions and triggers of the package',
    ],
    write: (folder, signal) =>
      writeMigration(
        { name: 'cache_versions_functions', comment: [], statements: [packageSql().functions.trim()] },
        folder,
        signal,
      ),
  }
}

function starts({ config }: MigrationsFolder, migration: Migration): Lacking {
  return {
    shown: [
      `${config.out}/…_${migration.name}.sql (drizzle-kit generate --custom)`,
      ...migration.statements.map((statement) => `  ${statement}`),
    ],
    write: (folder, signal) => writeMigration(migration, folder, signal),
  }
}

function startMigration(caches: readonly string[], { command }: Invocation): Migration {
  const [only = '', ...others] = caches
  return {
    name: others.length === 0 ? `start_${slugOf(only)}_versioning` : 'start_cache_versioning',
    comment: caches.flatMap((cache) => [
      `Starts versioning the cache "${cache}". Reversed by: ${command('stop')} ${cache}`,
    ]),
    statements: caches.map(statement),
  }
}

function statement(cache: string): string {
  return `select start_cache_versioning(${literal(cache)});`
}

/** A cache may have been started, stopped and started: the last migration says what it is now. */
function isStarted(cache: string, texts: readonly string[]): boolean {
  const started = texts.findLastIndex((text) => text.includes(`start_cache_versioning(${literal(cache)})`))
  const stopped = texts.findLastIndex((text) => text.includes(`stop_cache_versioning(${literal(cache)})`))
  // The comment of a migration says what reverses it.
  return started !== -1 && started >= stopped
}
