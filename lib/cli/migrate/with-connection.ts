import postgres, { type Sql } from 'postgres'
import { CacheVersionsError } from '../../base/error.ts'
import { isUnreachable, postgresFailure } from '../../postgres/failure.ts'
import { CommandError } from '../command-error.ts'
import type { Invocation } from '../invocation.ts'

/** Migrates over a connection of its own. Where that fails, the database is as it was. */
export async function withConnection<T>(invocation: Invocation, work: (sql: Sql) => Promise<T>): Promise<T> {
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
    return await work(sql)
  } catch (cause) {
    if (cause instanceof CacheVersionsError) throw cause
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
