import { isRouteHandler } from '../../internals/render.ts'
import { noteOwnWrite } from '../../request/own-writes.ts'
import { currentRequest } from '../../request/state.ts'
import { extendRevalidation, markWritten, revalidation } from '../../request/written-tags.ts'
import { isCacheName } from '../../versions/name.ts'
import { writeInvalidationsOfCachesAmong } from '../../versions/write.ts'

/**
 * The tags that name no cache, by the list they came in: Next passes one list to all of its handlers (a contract test
 * shows it).
 */
const plainTags = new WeakMap<readonly string[], Promise<string[]>>()

/**
 * Writes the revalidations of the app (`updateTag('bans')`, `revalidateTag('bans', …)`) to Postgres as invalidations of
 * the caches of those names, once. The `plain` tags, which name no cache, concern this process only, as with Next's own
 * handlers.
 *
 * @throws what Postgres throws: an invalidation that did not happen is an error.
 */
export async function invalidateTags(
  tags: readonly string[],
  revalidatePlain: (tags: string[]) => Promise<void>,
): Promise<void> {
  let plain = plainTags.get(tags)
  if (!plain) {
    plain = writeTags(tags)
    plainTags.set(tags, plain)
    noteOwnWrite(plain)
  }
  try {
    await revalidatePlain(await plain)
  } catch (error) {
    await revalidatePlain([...tags])
    throw error
  }
}

/** Writes the invalidations that are not in Postgres yet, and returns the tags that name no cache. */
async function writeTags(tags: readonly string[]): Promise<string[]> {
  const untold = tags.filter((tag) => revalidation(tag) !== 'written')
  for (const tag of tags) {
    extendRevalidation(tag)
    markWritten(tag)
  }
  const names = untold.filter(isCacheName)
  if (names.length === 0) return untold
  const caches = await writeInvalidationsOfCachesAmong(names, isRouteHandler() ? 'route' : 'action')
  if (caches.length > 0) await forgetSnapshot()
  return untold.filter((tag) => !caches.includes(tag))
}

/** Drops the request's snapshot, which is older than its own invalidation. */
async function forgetSnapshot(): Promise<void> {
  const request = await currentRequest()
  if (!request) return
  request.snapshot = undefined
  request.written = true
}
