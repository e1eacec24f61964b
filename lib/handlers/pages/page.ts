import type {
  CachedRouteValue,
  IncrementalCachedAppPageValue,
  IncrementalCachedPageValue,
  IncrementalCacheValue,
} from 'next/dist/server/response-cache/types.js'
import { isCacheName } from '../../versions/name.ts'
import { deadStamp, isStamp } from '../../versions/stamp.ts'

/** A page, a shell, or the response of a static route handler, as Next stores it. */
export type Page = IncrementalCachedAppPageValue | IncrementalCachedPageValue | CachedRouteValue

const kinds: readonly string[] = ['APP_PAGE', 'APP_ROUTE', 'PAGES']
const tagsHeader = 'x-next-cache-tags'

export function isPage(value: IncrementalCacheValue): value is Page {
  return kinds.includes(value.kind)
}

/** The tags that the page collected from what it was rendered with. */
export function tagsOf(page: Page): string[] {
  const header = page.headers?.[tagsHeader]
  return typeof header === 'string' && header !== '' ? header.split(',') : []
}

export function withTags<P extends Page>(page: P, tags: readonly string[]): P {
  return tags.length === 0 ? page : { ...page, headers: { ...page.headers, [tagsHeader]: tags.join(',') } }
}

/**
 * The page with a stamp that is never current for each tag that may name a cache. When making it anew fails, Next
 * stores the old page again, and that must not be taken for a new one.
 */
export function withDeadStamps<P extends Page>(page: P): P {
  const tags = tagsOf(page)
  const dead = tags.filter((tag) => !isStamp(tag) && isCacheName(tag)).map(deadStamp)
  return withTags(page, [...new Set([...tags, ...dead])])
}
