import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import type { Sql } from 'postgres'
import { connect } from './postgres/connection.ts'
import { project } from './project.ts'

// Any number will do that nobody else locks in this database.
const migrationLock = 7_226_018_441

/**
 * Applies the migrations that the database lacks, all or none. Of several at once each waits for the one before, for a
 * minute. The lock is the transaction's, for a session may be shared: a pooler gives its next one to somebody else.
 */
export async function migrate(url: string): Promise<void> {
  const migrationsFolder = join(project, 'drizzle/migrations')
  if (!existsSync(join(migrationsFolder, 'meta/_journal.json'))) {
    throw new Error(
      '[cache-versions] There is no migration in drizzle/migrations. Write one with: pnpm drizzle-kit generate',
    )
  }
  const sql = connect(url, 'cache-versions migrate')
  try {
    await sql.begin(async (tx) => {
      await tx`set local lock_timeout = '60s'`
      await tx`select pg_advisory_xact_lock(${migrationLock})`
      // The migrator begins a transaction, which is a savepoint here.
      const client = Object.assign(tx, { options: sql.options, begin: tx.savepoint })
      await applyMigrations(drizzle(client as unknown as Sql), { migrationsFolder })
    })
  } catch (cause) {
    throw new Error(
      '[cache-versions] The migrations were not applied, and the database is as it was. Look at the reason below, then run: pnpm drizzle-kit migrate',
      { cause },
    )
  } finally {
    await sql.end({ timeout: 1 })
  }
}
