import type { Sql, TransactionSql } from 'postgres'
import { CacheVersionsError } from '../base/error.ts'
import { postgresFailure } from '../postgres/failure.ts'
import { checkSchema } from '../versions/schema-version.ts'
import { findInstallation, type Installation } from './installation.ts'
import { inMigrationLock } from './migration-lock.ts'
import { type PackageSql, packageSql } from './package-sql.ts'
import { upgradeSql } from './upgrade-sql.ts'

interface MigrateOptions {
  /** Says what would be done, and does nothing. */
  dryRun?: boolean
  /** Default: that of this package. */
  sql?: PackageSql
}

/**
 * Installs the tables and functions of the package, or upgrades them to the newest version, all or nothing, and says
 * what it has made. Of several at once one does it. Reads and invalidations go on.
 *
 * The tables are those that `search_path` finds. New ones are made in its first schema.
 *
 * See docs/decisions/0048-search-path-says-where-the-tables-are.md
 *
 * @throws CacheVersionsError `not-migrated` where the role has no right to do that, or no version is known;
 * `unsupported-schema` where the database has a newer schema on which this package does not work.
 */
export async function migrateSchema(sql: Sql, options: MigrateOptions = {}): Promise<string[]> {
  return await inMigrationLock(sql, (tx) => migrateIn(tx, options))
}

/** The same in a transaction that has the lock. */
export async function migrateIn(
  tx: TransactionSql,
  { dryRun = false, sql = packageSql() }: MigrateOptions,
): Promise<string[]> {
  const installation = await findInstallation(tx)
  const lacking = lackingIn(installation, sql)
  if (dryRun) return lacking.map(({ name }) => name)
  // Names lead to this installation alone, and no temporary table gets before it.
  await tx`select set_config('search_path', quote_ident(${installation.schema}) || ', pg_temp', true)`
  for (const { text } of lacking) {
    await tx.unsafe(text).catch((cause: unknown) => {
      throw postgresFailure(cause).code === '42501' ? notPermitted(installation, cause) : cause
    })
  }
  return lacking.map(({ name }) => name)
}

function lackingIn(installation: Installation, sql: PackageSql): { name: string; text: string }[] {
  const { hasTables, hasFunctions, installed } = installation
  if (installed && installed.version >= sql.version) {
    checkSchema(installed, { newest: sql.version, oldest: 0 })
    return []
  }
  if (installed) {
    const { version } = installed
    const text = upgradeSql({ from: version }, sql)
    return [{ name: `the upgrade of next-cache-versions from schema ${version} to ${sql.version}`, text }]
  }
  if (hasFunctions) throw withoutVersion(installation)
  return [
    ...(hasTables ? [] : [{ name: 'the tables of next-cache-versions', text: sql.tables }]),
    { name: 'the functions of next-cache-versions', text: sql.functions },
  ]
}

function withoutVersion({ schema }: Installation): CacheVersionsError {
  return new CacheVersionsError(
    'not-migrated',
    `The functions of cache versions in the schema "${schema}" are of before the first release and tell no version. Drop them with the tables, and run this again.`,
  )
}

function notPermitted({ schema, owner, role }: Installation, cause: unknown): CacheVersionsError {
  const { message } = postgresFailure(cause)
  const remedy =
    owner === undefined
      ? `Let it make tables there (grant create on schema "${schema}" to "${role}"), or run this as the schema's owner.`
      : `Run this as "${owner}", who owns them.`
  return new CacheVersionsError(
    'not-migrated',
    `The role "${role}" may not change the cache versions in the schema "${schema}" (${message}). ${remedy}`,
    { cause },
  )
}
