export { createCacheAdminToken } from './admin/tokens.ts'
export { type CachedOptions, cached } from './core/cached.ts'
export type { CachedEvent, StaleEvent } from './core/cached-event.ts'
export { closeCacheVersions } from './core/database.ts'
export { CacheVersionsError, type CacheVersionsErrorCode } from './core/error.ts'
export type { DrizzleTransaction, InvalidateOptions } from './core/invalidation.ts'
export { cacheKey, type KeyArgument } from './core/key.ts'
export {
  type CacheInvalidation,
  type CacheOverview,
  readCacheInvalidations,
  readCacheOverview,
} from './core/log.ts'
export { memoryStore } from './core/memory-store.ts'
export { checkCacheName } from './core/name.ts'
export { readCacheVersions } from './core/read.ts'
export { type RedisStoreOptions, redisStore } from './core/redis-store.ts'
export type { CacheName, CacheVersions, Register } from './core/register.ts'
export { EntryTooLarge, EntryUnreadable, type LeaseAnswer, type Leases, type Store } from './core/store.ts'
export { invalidateAllCaches, invalidateCache } from './invalidate.ts'
