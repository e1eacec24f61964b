export { createCacheAdminToken } from './admin/access/tokens.ts'
export { CacheVersionsError, type CacheVersionsErrorCode } from './base/error.ts'
export type { PostgresClient } from './postgres/client.ts'
export { invalidateAllCaches, invalidateCache } from './request/invalidate.ts'
export { type InvalidatePathOptions, invalidatePath } from './request/invalidate-path.ts'
export { type InvalidateTagOptions, invalidateTag } from './request/invalidate-tag.ts'
export { type CachedOptions, cached } from './values/cached.ts'
export type { CachedEvent, StaleEvent } from './values/event.ts'
export { type RedisStoreOptions, redisStore } from './values/redis/store.ts'
export {
  type ClaimAnswer,
  type Claims,
  EntryTooLarge,
  EntryUnreadable,
  type Store,
} from './values/stores/contract.ts'
export { memoryStore } from './values/stores/memory.ts'
export { closeCacheVersions } from './versions/close.ts'
export { cacheKey, type KeyArgument } from './versions/key.ts'
export { type LeaseStatus, leaseStatus } from './versions/lease/status.ts'
export {
  type CacheInvalidation,
  type CacheOverview,
  readCacheInvalidations,
  readCacheOverview,
} from './versions/log.ts'
export { checkCacheName } from './versions/name.ts'
export { readCacheVersions } from './versions/read.ts'
export type { CacheName, CacheVersions, Register } from './versions/register.ts'
export type { InvalidateOptions } from './versions/write.ts'
