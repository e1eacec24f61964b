import { CacheVersionsError } from '../core/error.ts'
import { processState } from '../core/process-state.ts'
import { readCacheVersions } from '../core/read.ts'
import type { CacheVersions } from '../core/register.ts'
import { now } from './clock.ts'
import { rememberVersions } from './history.ts'
import { writesUnderWay } from './invalidate-tags.ts'
import { serveStaleSeconds } from './settings.ts'

/** Reads the versions, or during an outage gives the last ones read, for as long as the app allows. */
export async function currentVersions(): Promise<CacheVersions> {
  const writing = writesUnderWay()
  if (writing) await writing
  try {
    const versions = await readCacheVersions()
    rememberVersions(versions)
    return versions
  } catch (error) {
    const last = isOutage(error) ? processState().lastVersions : undefined
    if (last && now() - last.readAt < serveStaleSeconds() * 1000) return last.versions
    throw error
  }
}

/**
 * Reads the versions before a load begins, so that its entry can be stamped. Without Postgres the load goes on, for
 * it may depend on no version; its entry then gets no stamp.
 */
export async function readVersionsBeforeLoad(): Promise<void> {
  await currentVersions().catch(() => {})
}

function isOutage(error: unknown): boolean {
  return (
    error instanceof CacheVersionsError &&
    (error.code === 'database-unreachable' || error.code === 'database-timeout')
  )
}
