/** A browser may keep the response but revalidates it each time; no shared cache may keep it. */
export const privateCacheControl = 'private, no-cache'
export const cacheControl = 'cache-control'
