import type { UseCacheHandler } from '../../internals/types.ts'

/**
 * Keeps nothing: nobody can tell on the edge whether an entry is current. Next refuses `runtime = 'edge'` in an app that
 * has `'use cache'`, but bundles the handler into edge pages of the `pages` folder.
 */
const useCacheHandler: UseCacheHandler = {
  get: async () => undefined,
  set: async (_key, pendingEntry) => void (await pendingEntry),
  refreshTags: async () => {},
  getExpiration: async () => 0,
  updateTags: async () => {},
}

export default useCacheHandler
