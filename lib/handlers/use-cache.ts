import { createDefaultCacheHandler } from '../internals/entry-handler.ts'
import type { UseCacheHandler } from '../internals/types.ts'
import { watchTags } from '../versions/tags/changes.ts'
import { refuseUnknownNext } from './next-check.ts'
import { memoryBytes, sharesTags } from './settings.ts'
import { checkAtStart } from './start-check.ts'
import { tellFrontOfDev } from './tags/dev-front.ts'
import { invalidateTags } from './tags/invalidate-tags.ts'
import { stampEntryOfBuild } from './verdict/build-stamps.ts'
import { readVersionsBeforeLoad } from './verdict/current.ts'
import { entryToServe } from './verdict/entry.ts'
import { stamped } from './verdict/stamped.ts'

// Next loads this file when a server starts, and does not bundle it.
refuseUnknownNext()
if (sharesTags()) watchTags()
checkAtStart()

/** Next's own handler in memory: it limits the bytes, keeps no broken stream, and obeys tags that name no cache. */
const entries = createDefaultCacheHandler(memoryBytes())

/**
 * The handler of `'use cache'` and `'use cache: remote'`: an entry is served if its stamps are current.
 *
 * See docs/decisions/0007-the-cache-handlers-wrap-nexts-own.md
 */
const useCacheHandler: UseCacheHandler = {
  async get(key, softTags) {
    const entry = await entries.get(key, softTags)
    if (entry) return await entryToServe(entry, softTags)
    await readVersionsBeforeLoad()
    return undefined
  },

  async set(key, pendingEntry) {
    const entry = await pendingEntry
    // The entry's timestamp is the start of its load, so the stamps are those of the versions known by then.
    const tags = stamped(entry.tags, entry.timestamp)
    stampEntryOfBuild(entry.tags, tags)
    await entries.set(key, Promise.resolve({ ...entry, tags }))
  },

  // Called before the first lookup of a request. It reads no versions in production: they may not be needed.
  refreshTags: tellFrontOfDev,

  getExpiration: (tags) => entries.getExpiration(tags),

  async updateTags(tags, durations) {
    await invalidateTags(tags, durations, (own) => entries.updateTags(own, durations))
  },
}

export default useCacheHandler
