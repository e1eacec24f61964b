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
