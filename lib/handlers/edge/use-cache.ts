import type { UseCacheHandler } from '../../internals/types.ts'

/**
 * Stores nothing: on the edge no version can be read. Next refuses `runtime = 'edge'` in an app that has `'use cache'`,
 * but bundles the handler into edge pages of the `pages` folder.
 */
const useCacheHandler: UseCacheHandler = {
  get: async () => undefined,
  set: async (_key, pendingEntry) => void (await pendingEntry),
  refreshTags: async () => {},
  getExpiration: async () => 0,
  updateTags: async () => {},
}

export default useCacheHandler
