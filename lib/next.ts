import { cacheTag } from 'next/cache.js'
import { CacheVersionsError } from './base/error.ts'
import { readCacheVersions } from './versions/read.ts'
import type { CacheName } from './versions/register.ts'
import { stampOf } from './versions/stamp.ts'
import { versionOf } from './versions/version.ts'

export { authorizeCacheAdmin } from './request/authorize.ts'
export { getCacheVersions } from './request/snapshot.ts'

/**
 * Ties the `'use cache'` function that calls it to the named caches: the entry carries the tag of each name and a
 * stamp with its current version. Returns the versions, joined by `:`, as in a key.
 *
 * Call it before reading the data: a version taken afterwards marks old data as new. The page stays static.
 *
 * @throws CacheVersionsError `wrong-place` outside of `'use cache'`; `unknown-cache`; what `readCacheVersions` throws.
 */
export async function cacheVersion(...names: readonly [CacheName, ...CacheName[]]): Promise<string> {
  const versions = await readCacheVersions()
  const tags = names.flatMap((name) => [name, stampOf(versions, name)])
  try {
    cacheTag(...tags)
  } catch (cause) {
    throw new CacheVersionsError(
      'wrong-place',
      `cacheVersion(${names.map((name) => `'${name}'`).join(', ')}) tags the entry of a 'use cache' function and was called outside of one. Use getCacheVersions() there.`,
      { cause },
    )
  }
  return names.map((name) => versionOf(versions, name)).join(':')
}
