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

  // Next tells the cache handlers of `revalidateTag` without waiting for them, and answers meanwhile.
  // See docs/decisions/0025-a-response-waits-for-its-invalidations.md
  beforeAnswer: ownWrites,
}

/**
 * Lets the caches serve a page that is revalidated because its own entry is not current. Next bypasses every cache
 * then, as it does for `res.revalidate()`: the page's other caches would all be loaded again, and a page that reads
 * fetch or `unstable_cache` outside of `<Suspense>` would fail, for its second pass finds nothing of the first. Here
 * the handlers judge each entry, so nothing has to be bypassed.
 *
 * See docs/decisions/0043-each-render-is-prepared-before-its-first-line.md
 */
function letCachesServe(render: Render): void {
  if (!render.incrementalCache?.isOnDemandRevalidate) render.isOnDemandRevalidate = false
}

/**
 * Gives the render locks of its own for its fetches. Next answers a navigation to a page that is not current and
 * revalidates the page beside it, with one set of locks: the second pass of the one then waits for a fetch of the
 * other, which Next takes for uncached data, and fails the page.
 *
 * See docs/decisions/0026-each-render-locks-its-fetches-for-itself.md
 */
function lockFetchesApart(render: Render): void {
  if (!render.incrementalCache) return
  render.incrementalCache = Object.assign(Object.create(render.incrementalCache), { locks: new Map() })
}
