import { arrival } from './arrival.ts'
import { privateCacheControl } from './cache-control.ts'
import { dependsOnVersions } from './judge.ts'
import { type Page, tagsOf } from './page.ts'

const header = 'cache-control'

/**
 * The page with a header that keeps it out of the caches of browsers and of what stands between, which no invalidation
 * reaches, if it depends on a version: by itself Next lets them keep it as long as it may live. What the app says
 * itself stands, in the page as in `headers()` or the proxy, which are heard before. A shell is left alone: what it
 * opens with is sent as `no-store`.
 */
export function keptPrivate<P extends Page>(page: P, tags = tagsOf(page)): P {
  if (!dependsOnVersions(tags) || ('postponed' in page && page.postponed !== undefined)) return page
  if (page.headers?.[header] !== undefined || arrival()?.hasAnswerHeader(header)) return page
  return { ...page, headers: { ...page.headers, [header]: privateCacheControl } }
}
