import { now } from '../../base/clock.ts'
import { CacheVersionsError } from '../../base/error.ts'
import { isOutage } from '../../postgres/outage.ts'
import { ownWrites } from '../../request/own-writes.ts'
import { changesKnown, lastVersions, rememberVersions } from '../../versions/history.ts'
import { leasedVersions } from '../../versions/lease/held.ts'
import { readCacheVersions } from '../../versions/read.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { serveStaleSeconds } from '../settings.ts'

/**
 * Returns the current versions, or during an outage the last ones read, for as long as the app allows. A render that
 * invalidates reads its own write.
 */
export async function currentVersions(): Promise<CacheVersions> {
  const writing = ownWrites()
  if (writing) await writing.catch(() => {})
  try {
    const versions = await readCacheVersions()
    rememberVersions(versions)
    return versions
  } catch (error) {
    const last = error instanceof CacheVersionsError && isOutage(error) ? lastVersions() : undefined
    if (last && now() - last.readAt < serveStaleSeconds() * 1000) return last.versions
    throw error
  }
}

/**
 * Returns the current versions without waiting, while this server holds a lease. Each promise of a request costs as much
 * as such a read. A render that invalidates has to wait.
 */
export function versionsInMemory(): CacheVersions | undefined {
  const versions = ownWrites() ? undefined : leasedVersions()
  if (versions) rememberVersions(versions)
  return versions
}

/**
 * Reads the versions before a load begins, so that its entry can be stamped. Without Postgres the load goes on: it may
 * depend on no version. Its entry then gets no stamp.
 */
export async function readVersionsBeforeLoad(): Promise<void> {
  await currentVersions().catch(() => {})
}

/** Returns the number of version changes so far. While Postgres cannot be reached, there may have been any number. */
export async function changesNow(): Promise<number> {
  return await currentVersions().then(changesKnown, () => Number.POSITIVE_INFINITY)
}
