import { workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js'
import { processState } from '../core/process-state.ts'

/**
 * Whether this request has revalidated the tag since Postgres was last told. Next collects what a request revalidates
 * and tells the cache handlers later, each of them, and twice after a form posted without JavaScript.
 */
export function isUnwritten(tag: string): boolean {
  const revalidatedAt = lastRevalidated(tag)
  return revalidatedAt !== undefined && revalidatedAt > (writtenTags().get(tag) ?? 0)
}

/** Notes that Postgres has been told of all that this request did to the tag so far, or is being told. */
export function markWritten(tag: string): void {
  const revalidatedAt = lastRevalidated(tag)
  if (revalidatedAt !== undefined && Number.isFinite(revalidatedAt)) writtenTags().set(tag, revalidatedAt)
}

/** Whether code runs in a request of Next at all, or cannot be told apart from that. */
export function isInRequest(): boolean {
  return workAsyncStorage.getStore() !== undefined
}

/** When the request began, on the clock of `CacheEntry.timestamp`. */
export function requestBegan(): number | undefined {
  return workAsyncStorage.getStore()?.requestStartTime
}

/** Whether a route handler serves the request, rather than a page. */
export function isRouteHandler(): boolean {
  return workAsyncStorage.getStore()?.page.endsWith('/route') ?? false
}

function lastRevalidated(tag: string): number | undefined {
  const times = (workAsyncStorage.getStore()?.pendingRevalidatedTags ?? [])
    .filter((pending) => pending.tag === tag)
    // An older Next does not say when; then each word of it counts.
    .map((pending) => (pending.revalidatedAt as number | undefined) ?? Number.POSITIVE_INFINITY)
  return times.length > 0 ? Math.max(...times) : undefined
}

function writtenTags(): Map<string, number> {
  const request = workAsyncStorage.getStore()
  const tags = (request && processState().written.get(request)) ?? new Map<string, number>()
  if (request) processState().written.set(request, tags)
  return tags
}
