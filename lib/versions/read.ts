import { Coalesced } from '../base/coalesced.ts'
import { beforeDeadline, type Deadline, deadlineOf, timeoutError } from '../base/deadline.ts'
import { CacheVersionsError } from '../base/error.ts'
import { slot } from '../base/slot.ts'
import { database, databaseError } from '../postgres/database.ts'
import { readFailed, readSucceeded } from '../postgres/outage.ts'
import { patienceLeft, wait, waiting } from './patience.ts'
import type { CacheVersions } from './register.ts'

/** The longest that a read, and all reads of one request, may take, in milliseconds. */
const longestMilliseconds = 2000

interface VersionRow {
  readonly cache: string
  readonly version: string
}

/** The result of the last read. The same rows are the same versions object. */
const last = slot('last read', (): { rows: readonly VersionRow[]; versions: CacheVersions } => ({
  rows: [],
  versions: Object.freeze(Object.create(null)),
}))

const reads = slot('reads', () => new Coalesced(selectVersions))

/**
 * Reads the current version of every cache from Postgres. The read starts after the call, so the versions are never
 * older than it.
 *
 * Concurrent calls are deduplicated: a call during a read shares the read that starts next, never the one in flight,
 * which may be older than the call. So a process has one read open, whatever its load.
 *
 * @throws CacheVersionsError `database-unreachable`, `database-timeout`, `wrong-answer`, `not-migrated`,
 * `no-database-url` or `invalid-config`.
 */
export function readCacheVersions(): Promise<CacheVersions> {
  const left = patienceLeft(longestMilliseconds)
  // A later caller has a later deadline, so the first caller's holds for all.
  const read = reads.run(deadlineOf('Reading the cache versions', longestMilliseconds))
  wait(read)
  if (left === longestMilliseconds) return read
  // An earlier part of the request has used up the time. The read goes on for later callers.
  const patience = deadlineOf('Reading the cache versions', longestMilliseconds, performance.now() + left)
  if (left > 0) return beforeDeadline(read, patience, () => {})
  read.catch(() => {})
  return Promise.reject(timeoutError(patience))
}

async function selectVersions(deadline: Deadline): Promise<CacheVersions> {
  try {
    const { reads } = database()
    const rows = await reads.ask<VersionRow>(
      'select cache, version from cache_versions',
      ['cache', 'version'],
      deadline,
    )
    readSucceeded()
    waiting.succeededAt = performance.now()
    return versionsOf(rows)
  } catch (cause) {
    const error = databaseError(cause)
    if (error instanceof CacheVersionsError) readFailed(error)
    throw error
  }
}

/** Returns the object of the last read while nothing has changed. */
function versionsOf(rows: readonly VersionRow[]): CacheVersions {
  if (last.rows.length === rows.length && rows.every((row, i) => isSame(row, last.rows[i])))
    return last.versions
  const versions: Record<string, string> = Object.create(null)
  for (const { cache, version } of rows) versions[cache] = version
  last.rows = rows
  last.versions = Object.freeze(versions) as CacheVersions
  return last.versions
}

function isSame(a: VersionRow, b: VersionRow | undefined): boolean {
  return a.cache === b?.cache && a.version === b.version
}
