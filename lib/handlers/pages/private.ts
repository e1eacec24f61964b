import { type Page, tagsOf } from '../../internals/page-tags.ts'
import { arrival } from '../sharing/arrival.ts'
import { dependsOnVersions } from '../verdict/judge.ts'
import { cacheControl, privateCacheControl } from './cache-control.ts'

/**
 * Returns the page with a header that keeps it out of browser caches and CDNs, which no invalidation reaches, if it
 * depends on a version. By itself Next lets them keep it for its lifetime. A header of the app stands, in the page as
 * in `headers()` or the proxy, which Next applies before. A shell is left alone: Next sends it as `no-store`.
 *
 * See docs/decisions/0027-pages-that-depend-on-a-version-are-private.md
 */
export function keptPrivate<P extends Page>(page: P, tags = tagsOf(page)): P {
  const request = arrival()
  const isVersioned = dependsOnVersions(tags)
  // Next may look up the shell of a route beside a page of it.
  if (request) request.isVersioned ||= isVersioned
  if (!isVersioned || ('postponed' in page && page.postponed !== undefined)) return page
  if (page.headers?.[cacheControl] !== undefined || request?.hasAnswerHeader(cacheControl)) return page
  return { ...page, headers: { ...page.headers, [cacheControl]: privateCacheControl } }
}
