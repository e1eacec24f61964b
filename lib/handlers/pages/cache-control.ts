/** A browser may keep it, but asks each time whether it still holds; nothing between may keep it. */
export const privateCacheControl = 'private, no-cache'
export const cacheControl = 'cache-control'
