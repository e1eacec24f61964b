import { CacheVersionsError } from '../base/error.ts'
import { slot } from '../base/slot.ts'
import { checkDatabaseUrl, databaseUrl } from './database-url.ts'
import { isUnreachable, postgresFailure } from './failure.ts'
import { Pool } from './pool.ts'
import { migrationRemedy, packageRemedy, upgradeRemedy } from './remedy.ts'

/** The connections of this process. Each opens at its first use, and closes after 10 idle seconds. */
export interface Database {
  readonly url: string
  /** One, for a process has one read of the versions open. */
  readonly reads: Pool
  /** A few, for an invalidation may wait for another of its cache. */
  readonly writes: Pool
  /** One, for people who look at the log. */
  readonly log: Pool
}

const open = slot('database', (): { database?: Database | undefined } => ({}))

/** Returns the connections to the configured database. Importing the package connects to nothing. */
export function database(): Database {
  const url = databaseUrl()
  if (open.database?.url !== url) {
    checkDatabaseUrl(url)
    open.database = { url, reads: new Pool(url, 1), writes: new Pool(url, 3), log: new Pool(url, 1) }
  }
  return open.database
}

/** Closes the connections. They open again when they are needed. */
export async function closeDatabase(): Promise<void> {
  const { database } = open
  open.database = undefined
  if (database)
    await Promise.all([database.reads, database.writes, database.log].map((pool) => pool.close(5)))
}

/** How an error that functions.sql raises begins. */
const prefix = '[cache-versions] '

/**
 * Returns the error of Postgres, or of the connection to it, as one of this package. It never contains the password.
 */
export function databaseError(cause: unknown): unknown {
  if (cause instanceof CacheVersionsError) return cause
  const { code, message } = postgresFailure(cause)
  if (code === '42P01') {
    return new CacheVersionsError(
      'not-migrated',
      `The database has no cache versions yet (${message}). ${migrationRemedy()}`,
      { cause },
    )
  }
  // A function, or a column.
  if (code === '42883' || code === '42703') {
    return new CacheVersionsError(
      'not-migrated',
      `The database has no cache versions yet, or those of another version of this package (${message}). ${upgradeRemedy()}`,
      { cause },
    )
  }
  if (code === '0A000' && message.startsWith(prefix)) {
    return new CacheVersionsError(
      'unsupported-schema',
      `${message.slice(prefix.length)} ${packageRemedy()}`,
      {
        cause,
      },
    )
  }
  if (isUnreachable(code)) {
    return new CacheVersionsError(
      'database-unreachable',
      `Postgres at ${open.database?.reads.address ?? 'the configured address'} cannot be reached (${code}). Start it, or correct DATABASE_URL.`,
      { cause },
    )
  }
  return cause
}
