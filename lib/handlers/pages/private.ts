import { type Page, tagsOf } from '../../internals/page-tags.ts'
import { arrival } from '../sharing/arrival.ts'
import { dependsOnVersions } from '../verdict/judge.ts'
import { cacheControl, privateCacheControl } from './cache-control.ts'

/**
 * The page with a header that keeps it out of the caches of browsers and of what stands between, which no invalidation
 * reaches, if it depends on a version: by itself Next lets them keep it as long as it may live. What the app says
 * itself stands, in the page as in `headers()` or the proxy, which are heard before. A shell is left alone: what it
 * opens with is sent as `no-store`.
 *
 * See docs/decisions/0027-pages-that-depend-on-a-version-are-private.md
 */
export function keptPrivate<P extends Page>(page: P, tags = tagsOf(page)): P {
  const request = arrival()
  const isVersioned = dependsOnVersions(tags)
  // The shell of a route may be looked up beside a page of it.
  if (request) request.isVersioned ||= isVersioned
  if (!isVersioned || ('postponed' in page && page.postponed !== undefined)) return page
  if (page.headers?.[cacheControl] !== undefined || request?.hasAnswerHeader(cacheControl)) return page
  return { ...page, headers: { ...page.headers, [cacheControl]: privateCacheControl } }
}
