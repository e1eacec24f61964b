import { type Budget, budgetOf, timeoutError, withinBudget } from './budget.ts'
import { Coalesced } from './coalesced.ts'
import { database, databaseError } from './database.ts'
import { CacheVersionsError } from './error.ts'
import { readFailed, readSucceeded } from './outage.ts'
import { patienceLeft, wait } from './patience.ts'
import { processState, type VersionRow } from './process-state.ts'
import type { CacheVersions } from './register.ts'

/** How long a read of the versions, and all reads of one request, may take before they fail, in milliseconds. */
const readBudgetMilliseconds = 2000

/**
 * Reads the current version of every cache from Postgres. The read starts after the call, so the versions are never
 * older than it.
 *
 * Calls are coalesced: those that arrive while a read is on its way share the one that starts next, never the one in
 * flight, which may be older than they are. So a process has one read open, whatever its load.
 *
 * @throws CacheVersionsError `database-unreachable`, `database-timeout`, `wrong-answer`, `not-migrated`,
 * `no-database-url` or `invalid-config`.
 */
export function readCacheVersions(): Promise<CacheVersions> {
  const left = patienceLeft(readBudgetMilliseconds)
  const state = processState()
  state.read ??= new Coalesced(selectVersions)
  // Whoever joins later has a later deadline, so the first caller's holds for all.
  const read = state.read.run(budgetOf('Reading the cache versions', readBudgetMilliseconds))
  wait(read)
  if (left === readBudgetMilliseconds) return read
  // An earlier part of the request has waited in vain. The read goes on for those who come after it.
  const patience = budgetOf('Reading the cache versions', readBudgetMilliseconds, performance.now() + left)
  if (left > 0) return withinBudget(read, patience, () => {})
  read.catch(() => {})
  return Promise.reject(timeoutError(patience))
}

async function selectVersions(budget: Budget): Promise<CacheVersions> {
  try {
    const { reads } = database()
    const rows = await reads.ask<VersionRow>(
      'select cache, version from cache_versions',
      ['cache', 'version'],
      budget,
    )
    readSucceeded()
    processState().readSucceededAt = performance.now()
    return versionsOf(rows)
  } catch (cause) {
    const error = databaseError(cause)
    if (error instanceof CacheVersionsError) readFailed(error)
    throw error
  }
}

/** Gives the object that the last read gave, as long as nothing has changed. */
function versionsOf(rows: readonly VersionRow[]): CacheVersions {
  const state = processState()
  const last = state.lastRows
  if (last?.rows.length === rows.length && rows.every((row, i) => isSame(row, last.rows[i])))
    return last.versions
  const versions: Record<string, string> = Object.create(null)
  for (const { cache, version } of rows) versions[cache] = version
  state.lastRows = { rows, versions: Object.freeze(versions) as CacheVersions }
  return state.lastRows.versions
}

function isSame(a: VersionRow, b: VersionRow | undefined): boolean {
  return a.cache === b?.cache && a.version === b.version
}
