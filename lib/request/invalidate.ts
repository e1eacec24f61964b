import type { CacheName } from '../versions/register.ts'
import { type InvalidateOptions, writeAllInvalidations, writeInvalidations } from '../versions/write.ts'
import { invalidation } from './invalidation.ts'

/**
 * Changes the versions of the named caches: every value under the old ones is unreachable, on every server, at the next
 * request. With `tx` it commits together with the change, or not at all.
 *
 * It works anywhere on the server. In a server action it also tells Next (`updateTag`), so the page
 * re-renders and the browser drops what it had prefetched; in a route handler likewise (`revalidateTag`). The request
 * that invalidates reads its own write: its snapshot is dropped.
 *
 * ```ts
 * await db.transaction(async (tx) => {
 *   await tx.insert(bans).values(ban)
 *   await invalidateCache('bans', { tx, reason: 'ban created', actor: user.name })
 * })
 * ```
 *
 * @throws CacheVersionsError `unknown-cache` or `invalid-name`, before anything is invalidated; what Postgres throws:
 * an invalidation that did not happen is an error.
 */
export async function invalidateCache(
  names: CacheName | readonly CacheName[],
  options: InvalidateOptions = {},
): Promise<void> {
  const list = typeof names === 'string' ? [names] : names
  await invalidation(options, async (source) => {
    await writeInvalidations(list, { ...options, source })
    return list
  })
}

/**
 * Changes the version of every cache, in one statement, and returns their names. Otherwise as {@link invalidateCache}.
 */
export async function invalidateAllCaches(options: InvalidateOptions = {}): Promise<CacheName[]> {
  return await invalidation(options, (source) => writeAllInvalidations({ ...options, source }))
}
