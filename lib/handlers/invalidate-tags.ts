import { writeInvalidationsOfCachesAmong } from '../core/invalidation.ts'
import { isCacheName } from '../core/name.ts'
import { currentRequest } from '../request/current.ts'
import { isInRequest, isRouteHandler, isUnwritten, markWritten } from '../request/written-tags.ts'
import { isKnownCache } from './history.ts'

/** Next gives one list to each of its handlers in turn. */
const caches = new WeakMap<readonly string[], Promise<readonly string[]>>()

/**
 * What an app revalidates by itself (`updateTag('bans')`, `revalidateTag('bans', …)`) is an invalidation of the cache
 * of that name: it goes to Postgres, once. The tags that name no cache are `plain`, and stay in this process as with
 * Next's own handlers.
 *
 * @throws what Postgres throws: an invalidation that did not happen is an error.
 */
export async function invalidateTags(
  tags: readonly string[],
  revalidatePlain: (tags: string[]) => Promise<void>,
): Promise<void> {
  let writing = caches.get(tags)
  if (!writing) {
    writing = writeTags(tags)
    caches.set(tags, writing)
  }
  let written: readonly string[]
  try {
    written = await writing
  } catch (error) {
    await revalidatePlain([...tags])
    throw error
  }
  await revalidatePlain(tags.filter((tag) => !written.includes(tag) && !isKnownCache(tag)))
}

/** Writes what Postgres has not been told yet, and gives the caches among it. */
async function writeTags(tags: readonly string[]): Promise<readonly string[]> {
  const names = tags.filter((tag) => isCacheName(tag) && (!isInRequest() || isUnwritten(tag)))
  if (names.length === 0) return []
  for (const name of names) markWritten(name)
  const written = await writeInvalidationsOfCachesAmong(names, isRouteHandler() ? 'route' : 'action')
  if (written.length > 0) await markRequestWritten()
  return written
}

/** What the request knew of the versions is older than its own invalidation. */
async function markRequestWritten(): Promise<void> {
  const request = await currentRequest()
  if (!request) return
  request.snapshot = undefined
  request.written = true
}
