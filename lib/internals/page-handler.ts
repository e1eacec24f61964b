import fileSystemCache from 'next/dist/server/lib/incremental-cache/file-system-cache.js'
import type { PageCacheHandler } from './types.ts'

/**
 * Next's own handler of pages and fetch (`server/lib/incremental-cache/file-system-cache.js`), which keeps them in
 * memory and in files and finds those of the build. Without it nothing of a build would be found.
 *
 * Node and Turbopack, which bundles the handler into the proxy, disagree about the default export of CommonJS.
 */
export const FileSystemCache = ((fileSystemCache as { default?: unknown }).default ??
  fileSystemCache) as typeof PageCacheHandler
