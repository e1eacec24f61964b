import { setTimeout as delay } from 'node:timers/promises'
import type { Sql, TransactionSql } from 'postgres'
import { CacheVersionsError } from '../base/error.ts'
import { postgresFailure } from '../postgres/failure.ts'

// Any number will do that nobody else locks in this database.
const migrationLock = 7_226_018_441

/** For whoever migrates at the moment, and for transactions that use the tables. */
const longestSeconds = 60
/** Between two attempts, for what has queued behind the first. It doubles each time. */
const pauseMilliseconds = { first: 100, longest: 1000 }

/**
 * Does the work in a transaction, while nobody else migrates this database. Where a step of an upgrade would make others
 * wait for a table, it gives up, and all of the work is tried again, for a minute.
 *
 * See docs/decisions/0049-cache-versions-is-locked-before-the-log.md
 *
 * The lock is the transaction's, for a session may be shared: a pooler gives its next one to somebody else.
 */
export async function inMigrationLock<T>(sql: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  const end = performance.now() + 1000 * longestSeconds
  for (let pause = pauseMilliseconds.first; ; pause = Math.min(2 * pause, pauseMilliseconds.longest)) {
    try {
      return await attempt(sql, work)
    } catch (cause) {
      if (postgresFailure(cause).code !== '55P03') throw cause
      if (performance.now() + pause > end) throw inUse(cause)
    }
    await delay(pause)
  }
}

async function attempt<T>(sql: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  // Whoever waited sees what the one before has made, whatever level the role has by default.
  const done = await sql.begin('isolation level read committed', async (tx) => {
    await tx`select set_config('lock_timeout', ${`${longestSeconds}s`}, true)`
    await tx`select pg_advisory_xact_lock(${migrationLock})`
    return { value: await work(tx) }
  })
  return done.value
}

function inUse(cause: unknown): CacheVersionsError {
  return new CacheVersionsError(
    'database-timeout',
    `Other transactions used the tables, or migrated, for ${longestSeconds} seconds, so nothing was changed. Find them in pg_stat_activity, and run this again when they have ended.`,
    { cause },
  )
}
