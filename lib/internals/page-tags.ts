import type {
  CachedRouteValue,
  IncrementalCachedAppPageValue,
  IncrementalCachedPageValue,
  IncrementalCacheValue,
} from './types.ts'

/** A page, a shell, or the response of a static route handler, as Next stores it. */
export type Page = IncrementalCachedAppPageValue | IncrementalCachedPageValue | CachedRouteValue

/** `CachedRouteKind` (`server/response-cache/types.js`). */
const kinds: readonly string[] = ['APP_PAGE', 'APP_ROUTE', 'PAGES']

export function isPage(value: IncrementalCacheValue): value is Page {
  return kinds.includes(value.kind)
}

/** The header in which Next keeps the tags of a page (`lib/constants.js`). Without it no page depends on a version. */
const header = 'x-next-cache-tags'

/** Returns the tags that the page has collected from its entries. */
export function tagsOf(page: Page): string[] {
  const tags = page.headers?.[header]
  return typeof tags === 'string' && tags !== '' ? tags.split(',') : []
}

export function withTags<P extends Page>(page: P, tags: readonly string[]): P {
  return tags.length === 0 ? page : { ...page, headers: { ...page.headers, [header]: tags.join(',') } }
}
