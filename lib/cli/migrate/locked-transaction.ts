import postgres, { type Sql, type TransactionSql } from 'postgres'
import { isUnreachable, postgresFailure } from '../../postgres/failure.ts'
import { CommandError } from '../command-error.ts'
import type { Invocation } from '../invocation.ts'

// Any number will do that nobody else locks in this database.
const migrationLock = 7_226_018_441

/**
 * Does the work in a transaction, while nobody else migrates this database; waits a minute for whoever does. The lock is
 * the transaction's, for a session may be shared: a pooler gives its next one to somebody else.
 */
export async function inLockedTransaction<T>(
  invocation: Invocation,
  work: (tx: TransactionSql, sql: Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres(await invocation.databaseUrl(), {
    max: 1,
    connect_timeout: 5,
    // A pooler may be in between.
    prepare: false,
    fetch_types: false,
    connection: { application_name: 'cache-versions migrate' },
    onnotice: () => {},
  })
  try {
    const done = await sql.begin(async (tx) => {
      await tx`set local lock_timeout = '60s'`
      await tx`select pg_advisory_xact_lock(${migrationLock})`
      return { value: await work(tx, sql) }
    })
    return done.value
  } catch (cause) {
    const { code, message } = postgresFailure(cause)
    if (isUnreachable(code)) {
      throw new CommandError(
        `Postgres at ${invocation.address()} cannot be reached (${code}). Start it, or correct DATABASE_URL.`,
        { cause },
      )
    }
    throw new CommandError(
      `The migrations were not applied, and the database is as it was: ${message}. Correct that, and run this again.`,
      { cause },
    )
  } finally {
    await sql.end({ timeout: 1 })
  }
}
