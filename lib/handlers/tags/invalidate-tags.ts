import { isDevServer } from '../../internals/phase.ts'
import { isRouteHandler } from '../../internals/render.ts'
import { forgetTags } from '../../internals/revalidated-tags.ts'
import { postgresFailure } from '../../postgres/failure.ts'
import { noteOwnWrite } from '../../request/own-writes.ts'
import { currentRequest } from '../../request/state.ts'
import { type Effect, extendRevalidation, markWritten, revalidation } from '../../request/written-tags.ts'
import { isKnownCache } from '../../versions/history.ts'
import { isCacheName } from '../../versions/name.ts'
import { literalTag } from '../../versions/tags/text.ts'
import { writeInvalidationsOfCachesAmong, writeTagInvalidations } from '../../versions/write.ts'
import { sharesTags } from '../settings.ts'

/** Next's `cacheLife` of a revalidation: for `expire` seconds it makes stale only. None: it expires at once. */
type Durations = { readonly expire?: number | undefined } | undefined

/**
 * The tags that concern this process only, by the list they came in: Next passes one list to all of its handlers (a
 * contract test shows it).
 */
const ownTags = new WeakMap<readonly string[], Promise<string[]>>()

/**
 * Writes the revalidations of the app (`updateTag`, `revalidateTag`, `revalidatePath`) to Postgres, once. Tags that concern
 * this process only are revalidated as by Next's own handlers.
 *
 * @throws what Postgres throws: an invalidation that did not happen is an error.
 */
export async function invalidateTags(
  tags: readonly string[],
  durations: Durations,
  revalidateOwn: (tags: string[]) => Promise<void>,
): Promise<void> {
  let own = ownTags.get(tags)
  if (!own) {
    own = writeTags(tags, secondsUntilExpired(durations))
    ownTags.set(tags, own)
    noteOwnWrite(own)
  }
  try {
    const left = await own
    if (left.length > 0) await revalidateOwn(left)
  } catch (error) {
    await revalidateOwn([...tags])
    throw error
  }
}

function secondsUntilExpired(durations: Durations): number {
  return durations ? (durations.expire ?? Number.POSITIVE_INFINITY) : 0
}

/** Writes the invalidations that are not in Postgres yet, and returns the tags that concern this process only. */
async function writeTags(tags: readonly string[], seconds: number): Promise<string[]> {
  const effect: Effect = seconds > 0 ? 'makes stale' : 'expires'
  const unwritten = tags.filter((tag) => revalidation(tag, effect) !== 'written')
  for (const tag of tags) {
    extendRevalidation(tag, effect)
    markWritten(tag, effect)
  }
  const isShared = sharesTags() && (await wroteShared(unwritten, seconds))
  const own = isShared ? [] : [...(await writeNames(unwritten)), ...tags.filter(isOwn(unwritten))]
  // Next has noted them in the list of this process as well, which it never shortens.
  if (isShared && !isDevServer()) forgetTags()
  return own
}

/** Those that `invalidateTag` has written for other servers, too, where this one does not look into the log. */
function isOwn(unwritten: readonly string[]): (tag: string) => boolean {
  return (tag) => !unwritten.includes(tag) && !isKnownCache(tag)
}

/** Returns false where the schema is older than the tags. */
async function wroteShared(tags: readonly string[], seconds: number): Promise<boolean> {
  if (tags.length === 0) return true
  try {
    await writeTagInvalidations(tags.map(literalTag), { source: source(), seconds })
  } catch (error) {
    if (postgresFailure(error).code === '42883') return false
    throw error
  }
  await forgetSnapshot()
  return true
}

/** Invalidates those that name a cache, and returns the others. */
async function writeNames(tags: readonly string[]): Promise<string[]> {
  const names = tags.filter(isCacheName)
  if (names.length === 0) return [...tags]
  const caches = await writeInvalidationsOfCachesAmong(names, source())
  if (caches.length > 0) await forgetSnapshot()
  return tags.filter((tag) => !caches.includes(tag))
}

function source(): 'route' | 'action' {
  return isRouteHandler() ? 'route' : 'action'
}

/** Drops the request's snapshot, which is older than its own invalidation. */
async function forgetSnapshot(): Promise<void> {
  const request = await currentRequest()
  if (!request) return
  request.snapshot = undefined
  request.written = true
}
