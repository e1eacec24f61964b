/**
 * Next's own handler of `'use cache'` (`server/lib/cache-handlers/default.js`): it bounds the bytes, keeps no broken
 * stream, and obeys tags that name no cache. There is no public name for it.
 */
export { createDefaultCacheHandler } from 'next/dist/server/lib/cache-handlers/default.js'
