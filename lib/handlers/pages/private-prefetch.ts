import type { ServerResponse } from 'node:http'
import { beforeSegmentAnswer } from '../../internals/segment-answer.ts'
import { cacheControl, privateCacheControl } from './cache-control.ts'

/**
 * Keeps the answer to a prefetch out of the caches of browsers and of what stands between, as `keptPrivate` does for
 * pages, whose own headers do not go out with their prefetches. Next has its way when a page was looked up for this very
 * request and depends on no version: who shares a lookup cannot tell.
 *
 * See docs/decisions/0027-pages-that-depend-on-a-version-are-private.md
 */
export function keepPrefetchPrivate(
  request: { readonly isVersioned: boolean | undefined },
  response: ServerResponse,
): void {
  beforeSegmentAnswer(response, () => {
    if (request.isVersioned === false || response.hasHeader(cacheControl)) return
    response.setHeader(cacheControl, privateCacheControl)
  })
}
