import { slot } from '../base/slot.ts'
import { nextRequest } from '../internals/render.ts'

/** Which tags Postgres has been told of, and when Next was, by Next's record of the request that revalidated them. */
const written = slot('written tags', () => new WeakMap<object, Map<string, number>>())

/**
 * Whether this request has revalidated the tag, and whether Postgres has been told. Next collects what a request
 * revalidates and tells the cache handlers later: each of them, and once more after a form posted without JavaScript.
 *
 * See docs/decisions/0008-an-announced-tag-is-remembered-by-the-time-next-set.md
 */
export function revalidation(tag: string): 'none' | 'written' | 'unwritten' {
  const revalidatedAt = lastRevalidated(tag)
  if (revalidatedAt === undefined) return 'none'
  return revalidatedAt <= (writtenTags().get(tag) ?? 0) ? 'written' : 'unwritten'
}

/** Notes that Postgres has been told of all that this request did to the tag so far, or is being told. */
export function markWritten(tag: string): void {
  const revalidatedAt = lastRevalidated(tag)
  if (revalidatedAt !== undefined && Number.isFinite(revalidatedAt)) writtenTags().set(tag, revalidatedAt)
}

/**
 * Extends the revalidation of the tag up to now. With a transaction an invalidation is announced before it commits,
 * and what the request has read in between it would otherwise keep until its end.
 */
export function extendRevalidation(tag: string): void {
  const pending = (nextRequest()?.pendingRevalidatedTags ?? []).filter((each) => each.tag === tag)
  for (const each of pending) each.revalidatedAt = performance.timeOrigin + performance.now()
}

function lastRevalidated(tag: string): number | undefined {
  const times = (nextRequest()?.pendingRevalidatedTags ?? [])
    .filter((pending) => pending.tag === tag)
    // An older Next does not say when; then each word of it counts.
    .map((pending) => (pending.revalidatedAt as number | undefined) ?? Number.POSITIVE_INFINITY)
  return times.length > 0 ? Math.max(...times) : undefined
}

function writtenTags(): Map<string, number> {
  const request = nextRequest()
  const tags = (request && written.get(request)) ?? new Map<string, number>()
  if (request) written.set(request, tags)
  return tags
}
