import { createDefaultCacheHandler } from 'next/dist/server/lib/cache-handlers/default.js'
import type { CacheHandler } from 'next/dist/server/lib/cache-handlers/types.js'
import { letCachesServe } from '../request/next-request.ts'
import { stampEntryOfBuild } from './build-stamps.ts'
import { readVersionsBeforeLoad } from './current.ts'
import { tellFrontOfDev } from './dev-front.ts'
import { entryKey, lookUpEntry } from './entry-lookup.ts'
import { invalidateTags } from './invalidate-tags.ts'
import { loadStored } from './joinable.ts'
import { mayBeJoined } from './joins.ts'
import { mayServe } from './judge.ts'
import { memoryBytes } from './settings.ts'
import { stamped } from './stamped.ts'

/** Next's own handler in memory: it bounds the bytes, keeps no broken stream, and obeys tags that name no cache. */
const entries = createDefaultCacheHandler(memoryBytes())

/** The handler of `'use cache'` and `'use cache: remote'`: an entry is served if its stamps are current. */
const useCacheHandler: CacheHandler = {
  get: (key, softTags) =>
    lookUpEntry(key, async () => {
      const entry = await entries.get(key, softTags)
      if (!entry) await readVersionsBeforeLoad()
      else if (await mayServe(entry.tags)) return entry
      return undefined
    }),

  async set(key, pendingEntry) {
    const entry = await pendingEntry
    const ended = mayBeJoined(entry.tags, entry.timestamp)
    // The entry's timestamp is the start of its load, so the stamps are those of the versions known by then.
    const tags = stamped(entry.tags, entry.timestamp)
    stampEntryOfBuild(entry.tags, tags)
    try {
      await entries.set(key, Promise.resolve({ ...entry, tags }))
    } finally {
      // Next lets others join until it has heard that the entry is stored.
      setImmediate(ended)
      loadStored(entryKey(key))
    }
  },

  // Called before the first entry of a request is looked for. It reads no versions in production: they may not be
  // needed.
  async refreshTags() {
    letCachesServe()
    await tellFrontOfDev()
  },

  getExpiration: (tags) => entries.getExpiration(tags),

  async updateTags(tags, durations) {
    await invalidateTags(tags, (plain) => entries.updateTags(plain, durations))
  },
}

export default useCacheHandler
