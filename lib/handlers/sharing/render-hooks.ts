import { watchInvocations } from '../../internals/invocations.ts'
import type { Render, RenderHooks } from '../../internals/renders.ts'
import { ownWrites } from '../../request/own-writes.ts'
import { sharedCalls } from './shared-calls.ts'

export const renderHooks: RenderHooks = {
  begin(render) {
    letCachesServe(render)
    lockFetchesApart(render)
    watchInvocations(render, sharedCalls)
  },

  // Next calls the cache handlers for `revalidateTag` without awaiting them, and responds.
  // See docs/decisions/0025-a-response-waits-for-its-invalidations.md
  beforeAnswer: ownWrites,
}

/**
 * Lets the caches serve during the render of a stale page. Next bypasses every cache then, as it does for
 * `res.revalidate()` (`isOnDemandRevalidate` in `patch-fetch.js` and `unstable-cache.js`): all caches of the page would
 * be loaded again, and a page that reads fetch or `unstable_cache` outside of `<Suspense>` would fail, because its
 * second pass finds no entry of the first. The handlers judge each entry, so nothing has to be bypassed.
 *
 * See docs/decisions/0043-each-render-is-prepared-before-its-first-line.md
 */
function letCachesServe(render: Render): void {
  if (!render.incrementalCache?.isOnDemandRevalidate) render.isOnDemandRevalidate = false
}

/**
 * Sets locks of its own for the fetches of the render. Next answers a navigation to a stale page and revalidates the
 * page beside it, with one set of locks. The second pass of the one then waits for a fetch of the other, which Next
 * takes for uncached data, and the page fails.
 *
 * See docs/decisions/0026-each-render-locks-its-fetches-for-itself.md
 */
function lockFetchesApart(render: Render): void {
  if (!render.incrementalCache) return
  render.incrementalCache = Object.assign(Object.create(render.incrementalCache), { locks: new Map() })
}
