import { slot } from '../base/slot.ts'
import { nextRequest } from '../internals/render.ts'

/** How entries with the tag go on: they expire at once, or are stale first. */
export type Effect = 'expires' | 'makes stale'

/**
 * The tags that are written to Postgres, with the time of Next's revalidation, keyed by Next's record of the request.
 */
const written = slot('written tags', () => new WeakMap<object, Record<Effect, Map<string, number>>>())

/**
 * Whether this request has revalidated the tag, and whether that is in Postgres. Next collects the tags that a request
 * revalidates and calls the cache handlers later: each of them, and once more after a form posted without JavaScript.
 *
 * See docs/decisions/0008-an-announced-tag-is-remembered-by-the-time-next-set.md
 */
export function revalidation(tag: string, effect: Effect = 'expires'): 'none' | 'written' | 'unwritten' {
  const revalidatedAt = lastRevalidated(tag, effect)
  if (revalidatedAt === undefined) return 'none'
  return revalidatedAt <= (writtenTags()[effect].get(tag) ?? 0) ? 'written' : 'unwritten'
}

/** Notes that all revalidations of the tag in this request so far are in Postgres, or on their way. */
export function markWritten(tag: string, effect: Effect = 'expires'): void {
  const revalidatedAt = lastRevalidated(tag, effect)
  if (revalidatedAt !== undefined && Number.isFinite(revalidatedAt))
    writtenTags()[effect].set(tag, revalidatedAt)
}

/**
 * Extends the revalidation of the tag up to now. An invalidation in a transaction is announced before it commits;
 * otherwise Next would keep the entries that the request has read in between.
 */
export function extendRevalidation(tag: string, effect: Effect = 'expires'): void {
  for (const each of revalidations(tag, effect))
    each.revalidatedAt = performance.timeOrigin + performance.now()
}

function lastRevalidated(tag: string, effect: Effect): number | undefined {
  const times = revalidations(tag, effect)
    // Before 16.3.1 Next does not set the time; then each call counts.
    .map((pending) => (pending.revalidatedAt as number | undefined) ?? Number.POSITIVE_INFINITY)
  return times.length > 0 ? Math.max(...times) : undefined
}

function revalidations(tag: string, effect: Effect) {
  return (nextRequest()?.pendingRevalidatedTags ?? []).filter(
    (pending) => pending.tag === tag && effectOf(pending.profile) === effect,
  )
}

function effectOf(profile: string | { expire?: number } | undefined): Effect {
  const isAtOnce = profile === undefined || (typeof profile === 'object' && profile.expire === 0)
  return isAtOnce ? 'expires' : 'makes stale'
}

function writtenTags(): Record<Effect, Map<string, number>> {
  const request = nextRequest()
  const tags = (request && written.get(request)) ?? { expires: new Map(), 'makes stale': new Map() }
  if (request) written.set(request, tags)
  return tags
}
