import { type WorkStore, workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js'
import type { IncrementalCache } from 'next/dist/server/lib/incremental-cache/index.js'

/** What Next itself keeps of the request this code serves; `undefined` outside of one. */
export function nextRequest(): WorkStore | undefined {
  return workAsyncStorage.getStore()
}

/** When the request began, on the clock of `CacheEntry.timestamp`. */
export function requestBegan(): number | undefined {
  return nextRequest()?.requestStartTime
}

/** Whether a route handler serves the request, rather than a page. */
export function isRouteHandler(): boolean {
  return nextRequest()?.page.endsWith('/route') ?? false
}

type ChangeableWorkStore = { -readonly [Key in keyof WorkStore]: WorkStore[Key] }

const lockedApart = new WeakSet<object>()

/**
 * Gives the render locks of its own for its fetches. Next answers a navigation to a page that is not current and
 * makes the page anew beside it, with one set of locks: the second pass of the one then waits for a fetch of the
 * other, which Next takes for uncached data, and fails the page.
 */
export function lockFetchesApart(): void {
  const request = nextRequest() as ChangeableWorkStore | undefined
  if (!request?.incrementalCache || lockedApart.has(request)) return
  lockedApart.add(request)
  request.incrementalCache = Object.assign(Object.create(request.incrementalCache), { locks: new Map() })
}

/**
 * Lets the caches serve a page that is made anew because its own entry is not current. Next bypasses every cache
 * then, as it does when somebody asks for that: the page's other caches would all be loaded again, and a page that
 * reads fetch or `unstable_cache` outside of `<Suspense>` would fail, for its second pass finds nothing of the first.
 * Here the handlers judge each entry, so nothing has to be bypassed.
 */
export function letCachesServe(): void {
  const request = nextRequest() as ChangeableWorkStore | undefined
  if (request?.isOnDemandRevalidate && !request.incrementalCache?.isOnDemandRevalidate) {
    request.isOnDemandRevalidate = false
  }
}

/**
 * The same before the first of them is looked up: for each fetch Next asks its cache for a lock, and for each
 * `unstable_cache` for a key, and then looks whether it is to bypass the handler.
 */
export function letCachesServeFromTheFirst(cache: IncrementalCache): void {
  if (Object.hasOwn(cache, 'lock')) return
  const { lock, generateSimpleCacheKey } = cache
  cache.lock = function (key) {
    letCachesServe()
    return lock.call(this, key)
  }
  cache.generateSimpleCacheKey = function (input) {
    letCachesServe()
    return generateSimpleCacheKey.call(this, input)
  }
}
