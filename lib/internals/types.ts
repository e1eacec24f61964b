import type { CacheControl } from 'next/dist/server/lib/cache-control.js'
import type { CacheHandlerValue as NextCacheHandlerValue } from 'next/dist/server/lib/incremental-cache/index.js'

/**
 * The types of Next's caches that have no public name (`server/lib/incremental-cache`, `server/response-cache`), and
 * those of `'use cache'`, which `next/cache` has since 16.4 only.
 */
export type {
  CacheEntry,
  CacheHandler as UseCacheHandler,
} from 'next/dist/server/lib/cache-handlers/types.js'
export type {
  CacheHandler as PageCacheHandler,
  IncrementalCache,
} from 'next/dist/server/lib/incremental-cache/index.js'
export type {
  CachedFetchValue,
  CachedRouteValue,
  IncrementalCachedAppPageValue,
  IncrementalCachedPageValue,
  IncrementalCacheValue,
} from 'next/dist/server/response-cache/types.js'

/** Since 16.4 a handler may return the lifetime with the page. */
export type CacheHandlerValue = NextCacheHandlerValue & { cacheControl?: CacheControl }
