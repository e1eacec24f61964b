import { setTimeout as delay } from 'node:timers/promises'
import { now } from '../base/clock.ts'
import { isExpired, isStale } from '../internals/revalidated-tags.ts'
import type { CacheEntry, UseCacheHandler } from '../internals/types.ts'
import { type StoreUse, storeUse } from '../values/guard/use.ts'
import { warnOfUnreadable } from '../values/guard/warnings.ts'
import { leaseToken } from '../values/lease.ts'
import type { Store } from '../values/stores/contract.ts'
import { nameOf } from '../values/stores/name.ts'
import { sharedStore } from './entries/shared-store.ts'
import { readEntry, writeEntry } from './entries/stored-entry.ts'
import { invalidateTags } from './tags/invalidate-tags.ts'
import inMemory from './use-cache.ts'
import { stampEntryOfBuild } from './verdict/build-stamps.ts'
import { readVersionsBeforeLoad } from './verdict/current.ts'
import { mayServe } from './verdict/judge.ts'
import { stamped } from './verdict/stamped.ts'

/** How long other servers wait for this one's load before one of them loads too. */
const leaseMilliseconds = 5000
const longestPauseMilliseconds = 100

/** What is being stored here, by key: readers in this process wait for it. */
const pending = new Map<string, Promise<unknown>>()
/** The leases that loads under way here hold, by key. */
const held = new Map<string, string>()

/**
 * The handler of `'use cache: remote'`: where servers share a store, its entries are kept there, and one that several
 * servers miss is loaded by one. An entry is served if its stamps are current, wherever it was made.
 */
const remoteHandler: UseCacheHandler = {
  async get(key, softTags) {
    const store = sharedStore()
    if (!store) return inMemory.get(key, softTags)
    await pending.get(key)
    const use = storeUse(store)
    const entry = await servable(store, key, await use.get(nameOf('use-cache', key)))
    if (entry) return entry
    await readVersionsBeforeLoad()
    return await entryOfAnotherServer(store, use, key)
  },

  async set(key, pendingEntry) {
    const store = sharedStore()
    if (!store) return inMemory.set(key, pendingEntry)
    const storing = keep(store, key, pendingEntry).finally(() => {
      if (pending.get(key) === storing) pending.delete(key)
    })
    pending.set(key, storing)
    await storing
  },

  refreshTags: () => inMemory.refreshTags(),
  getExpiration: (tags) => inMemory.getExpiration(tags),

  // The tags that name no cache are noted by the handler of `'use cache'`, which is told of them too.
  async updateTags(tags) {
    await invalidateTags(tags, async () => {})
  },
}

async function keep(store: Store, key: string, pendingEntry: Promise<CacheEntry>): Promise<void> {
  const use = storeUse(store)
  try {
    const entry = await pendingEntry
    const tags = stamped(entry.tags, entry.timestamp)
    stampEntryOfBuild(entry.tags, tags)
    // What lives no time is made anew by each reader.
    if (entry.expire === 0 || entry.revalidate <= 0) return
    await use.set(nameOf('use-cache', key), await writeEntry({ ...entry, tags }), entry.revalidate)
  } catch {
    // A load that failed is told to its reader by Next.
  } finally {
    const token = held.get(key)
    held.delete(key)
    if (token) use.release(nameOf('use-cache', key), token)
  }
}

/** Waits for the server that loads the entry now. Undefined when this one has to, and holds the lease for it. */
async function entryOfAnotherServer(
  store: Store,
  use: StoreUse,
  key: string,
): Promise<CacheEntry | undefined> {
  const token = leaseToken()
  const deadline = performance.now() + 2 * leaseMilliseconds
  for (let pause = 10; ; pause = Math.min(1.5 * pause, longestPauseMilliseconds)) {
    const answer = await use.take(nameOf('use-cache', key), token, leaseMilliseconds)
    const entry = await servable(store, key, answer?.text)
    if (entry) {
      if (answer?.taken) use.release(nameOf('use-cache', key), token)
      return entry
    }
    if (answer?.taken) held.set(key, token)
    if (!answer || answer.taken || performance.now() >= deadline) return undefined
    await delay(pause)
  }
}

/** The entry, as Next's own handler in memory would give it, if its stamps are current. */
async function servable(
  store: Store,
  key: string,
  text: string | undefined,
): Promise<CacheEntry | undefined> {
  if (text === undefined) return undefined
  let entry: CacheEntry
  try {
    entry = readEntry(text)
  } catch (error) {
    warnOfUnreadable(store, nameOf('use-cache', key), error)
    return undefined
  }
  const { tags, timestamp, revalidate } = entry
  if (now() > timestamp + revalidate * 1000 || isExpired(tags, timestamp)) return undefined
  if (!(await mayServe(tags))) return undefined
  return isStale(tags, timestamp) ? { ...entry, revalidate: -1 } : entry
}

export default remoteHandler
