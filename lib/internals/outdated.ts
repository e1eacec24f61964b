import { type Page, tagsOf, withTags } from './page-tags.ts'
import { listStaleTag, staleTag } from './revalidated-tags.ts'
import type { CacheHandlerValue } from './types.ts'

/**
 * Returns a page as outdated, so that Next renders it again before it answers (`response-cache/index.js`: `isStale` is
 * -1). Do not return null: on a route with params Next would serve the fallback shell and never revalidate the page.
 * Before Next 16.3 the outdated page is served once.
 *
 * See docs/decisions/0007-the-cache-handlers-wrap-nexts-own.md
 */
export function outdated(data: CacheHandlerValue): CacheHandlerValue {
  return { ...data, lastModified: -1 }
}

/**
 * Returns a page as stale, so that Next serves it and revalidates it in the background (`incremental-cache/index.js`: a tag
 * of it is listed as stale). Its age would not do: a page may have no lifetime. Without it the page is served as fresh.
 */
export function staleByTag(data: CacheHandlerValue, page: Page): CacheHandlerValue {
  listStaleTag()
  return { ...data, value: withTags(page, [...tagsOf(page), staleTag]) }
}

/** Returns an entry of fetch as stale, likewise: by an age that is above any lifetime. */
export function staleByAge(data: CacheHandlerValue): CacheHandlerValue {
  return { ...data, lastModified: Number.NEGATIVE_INFINITY }
}
