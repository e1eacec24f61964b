import type { ServerResponse } from 'node:http'
import type { Arrival } from '../sharing/arrival.ts'
import { cacheControl, privateCacheControl } from './cache-control.ts'

/**
 * Keeps the answer to a prefetch out of the caches of browsers and of what stands between, as `keptPrivate` does for
 * pages, whose own headers do not go out with their prefetches. By this header Next says that it answers one from its
 * cache, before it says how long that may be kept. It has its way when a page was looked up for this very request and
 * depends on no version: who shares a lookup cannot tell.
 */
export function keepPrefetchPrivate(request: Arrival, response: ServerResponse): void {
  const { setHeader } = response
  response.setHeader = function (name, value) {
    const isAnswer = name === 'x-nextjs-postponed' && value === '2'
    if (isAnswer && request.isVersioned !== false && !this.hasHeader(cacheControl)) {
      setHeader.call(this, cacheControl, privateCacheControl)
    }
    return setHeader.call(this, name, value)
  }
}
