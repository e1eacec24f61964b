import { Coalesced } from '../base/coalesced.ts'
import { beforeDeadline, deadlineOf, timeoutError } from '../base/deadline.ts'
import { CacheVersionsError } from '../base/error.ts'
import { slot } from '../base/slot.ts'
import { database, databaseError } from '../postgres/database.ts'
import { readFailed, readSucceeded } from '../postgres/outage.ts'
import { leasedVersions } from './lease/held.ts'
import { wantLease } from './lease/keep.ts'
import { noteWait, patienceLeft, waiting } from './patience.ts'
import type { CacheVersions } from './register.ts'
import { type VersionRow, versionOfTags, versionsOf } from './rows.ts'
import { logError } from './tags/permission.ts'
import { readTagChanges } from './tags/read.ts'

/** The longest that a read, and all reads of one request, may take, in milliseconds. */
const longestMilliseconds = 2000
const what = 'Reading the cache versions'

const reads = slot('reads', () => new Coalesced(selectVersions))

/**
 * Returns the current version of every cache: from memory while this server holds a lease, else from Postgres by a read
 * that starts after the call. So the versions are never older than the call.
 *
 * Concurrent calls are deduplicated: a call during a read shares the read that starts next, never the one in flight,
 * which may be older than the call. So a process has one read open, whatever its load.
 *
 * @throws CacheVersionsError `database-unreachable`, `database-timeout`, `wrong-answer`, `not-migrated`,
 * `no-database-url` or `invalid-config`.
 */
export function readCacheVersions(): Promise<CacheVersions> {
  const leased = leasedVersions()
  if (leased) return Promise.resolve(leased)
  const left = patienceLeft(longestMilliseconds)
  // The read may go on for callers that came later, so this one has a deadline of its own.
  const deadline = deadlineOf(what, longestMilliseconds, performance.now() + left)
  const read = reads.run()
  if (left > 0) return noteWait(beforeDeadline(read, deadline, () => {}))
  // An earlier part of the request has waited in vain. The read goes on for those who come after it.
  read.catch(() => {})
  return Promise.reject(timeoutError(deadline))
}

async function selectVersions(): Promise<CacheVersions> {
  const deadline = deadlineOf(what, longestMilliseconds)
  try {
    const { reads } = database()
    const rows = await reads.ask<VersionRow>(
      'select cache, version from cache_versions',
      ['cache', 'version'],
      deadline,
    )
    readSucceeded()
    const versions = versionsOf(rows)
    await readTagChanges(versionOfTags(versions), (statement, columns) =>
      reads.ask(statement.text, columns, deadline).catch((cause) => Promise.reject(logError(cause))),
    )
    waiting.succeededAt = performance.now()
    wantLease()
    return versions
  } catch (cause) {
    const error = databaseError(cause)
    if (error instanceof CacheVersionsError) readFailed(error)
    throw error
  }
}
