/**
 * The types of Next's caches that have no public name (`server/lib/incremental-cache`, `server/response-cache`). For
 * those of `'use cache'` see `next/cache`.
 */
export type {
  CacheHandler as PageCacheHandler,
  CacheHandlerValue,
  IncrementalCache,
} from 'next/dist/server/lib/incremental-cache/index.js'
export type {
  CachedFetchValue,
  CachedRouteValue,
  IncrementalCachedAppPageValue,
  IncrementalCachedPageValue,
  IncrementalCacheValue,
} from 'next/dist/server/response-cache/types.js'
