import { type Page, tagsOf, withTags } from '../../internals/page-tags.ts'
import { isCacheName } from '../../versions/name.ts'
import { deadStamp, isStamp } from '../../versions/stamp.ts'
import { cacheOfTags } from '../../versions/tags/cache.ts'

/**
 * Returns the page with a stamp that is never current for each tag that may name a cache, and for all others. When a
 * revalidation fails, Next stores the previous page again (`retainPreviousCacheEntry` in `response-cache/index.js`), which
 * must not count as a new one.
 */
export function withDeadStamps<P extends Page>(page: P): P {
  const tags = tagsOf(page)
  const dead = [cacheOfTags, ...tags.filter((tag) => !isStamp(tag) && isCacheName(tag))].map(deadStamp)
  return withTags(page, [...new Set([...tags, ...dead])])
}
