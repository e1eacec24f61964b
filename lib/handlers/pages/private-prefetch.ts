import type { ServerResponse } from 'node:http'
import { beforeSegmentAnswer } from '../../internals/segment-answer.ts'
import { cacheControl, privateCacheControl } from './cache-control.ts'

/**
 * Keeps a prefetch response out of browser caches and CDNs, as `keptPrivate` does for pages: Next sends a prefetch
 * without the headers of its page. Next's own header stays if a page was looked up for this very request and depends on
 * no version. A request that shared a lookup cannot tell.
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
